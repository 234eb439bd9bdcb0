#pragma once

// Puts a run on record in schema ops. Rows are kept in memory and written in batches, on a
// connection of its own; the publication writes what is left within its own transaction, so that
// what is published and what the records say of it change at once. Threads may share it.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/record_batch.h"
#include "assets/state.h"
#include "assets/unit.h"
#include "base/error.h"
#include "duck/database.h"

namespace gsa::assets {

using WallTime = std::chrono::system_clock::time_point;

struct RunHeader {
  std::string command;   // "run"
  std::string options;   // as given on the command line
  std::string baseline;  // row counts are compared between runs of equal baseline
  int threads = 0;
  std::string version;  // of gsa
};

// The words of these in the records: name_of().
enum class StepStatus { running, success, fresh, warn, fail, error, skipped, interrupted };
enum class CheckStatus { pass, warn, fail, error };
enum class RunStatus { success, failed, interrupted };
std::string_view name_of(StepStatus status);
std::string_view name_of(CheckStatus status);
std::string_view name_of(RunStatus status);
// How a run ended that `error` ended; null: nothing did.
RunStatus status_after(const Error* error);

struct StepRecord {
  std::int64_t step = 0;  // from 1, in the order they began
  std::string name;
  std::string kind;   // "asset", "check", "publication"
  std::string asset;  // that a check is of; of others none
  std::string partition;
  StepStatus status = StepStatus::running;
  std::string reason;
  std::vector<std::string> waited_for;
  std::size_t lane = 0;  // from 0
  int attempts = 1;
  WallTime begun, ended;
  double seconds = 0;
  std::optional<std::int64_t> rows;
  std::string message;
};

struct CheckOutcome {
  std::string name, asset, kind;
  bool blocks = true;
  CheckStatus status = CheckStatus::pass;
  std::int64_t failures = 0;
  std::string condition, message;
  WallTime at;
  double seconds = 0;
  std::string code_version;
  Versions inputs;
  std::string sample;  // JSON
};

struct RunTotals {
  RunStatus status = RunStatus::success;
  std::string message;
  bool published = false;
  std::int64_t made = 0, fresh = 0;
  std::int64_t passed = 0, warned = 0, failed = 0;
  std::int64_t peak_memory_bytes = 0;
};

using Fields = std::map<std::string, std::string>;

class Recorder {
 public:
  // Marks the runs of killed processes as interrupted, and begins a run. The caller holds the file,
  // so no other run can be going.
  Recorder(const duck::Database& database, const RunHeader& header);

  std::int64_t run_id() const { return run_id_; }
  // Of a run that is on record before it is known what it makes.
  void set_baseline(const std::string& baseline);
  // Whether the run's end is on record, or in what is about to be written.
  bool has_ended() const { return has_ended_; }

  void step(const StepRecord& record);
  void check(const CheckOutcome& outcome);
  // `code` is what its code_version stands for.
  void materialization(const Materialization& made, const Code& code);
  void event(std::string_view level, const std::string& asset, std::string_view event,
             const std::string& message, const Fields& fields = {});

  void flush();         // now
  void flush_if_due();  // where the last was kFlushInterval ago
  // All that is not written yet, taken off the recorder's hands.
  RecordBatch take();
  // What was taken and could not be written after all.
  void put_back(RecordBatch batch);

  // Statements that end the run: its totals, what was published of what it made, and what is older
  // than `keep_days` removed.
  std::vector<std::string> ending(const RunTotals& totals, int keep_days);
  // take() and ending(), executed.
  void end(const RunTotals& totals, int keep_days);

 private:
  void add(const std::string& table, duck::Row row);
  bool has_old_runs(int keep_days);
  // The caller holds write_mutex_.
  void write_all();
  void write(RecordBatch batch);
  std::vector<std::string> last_statements(const RunTotals& totals, int keep_days);

  duck::Connection connection_;
  std::int64_t run_id_ = 0;
  std::atomic<bool> has_ended_ = false;
  WallTime begun_;
  std::mutex mutex_;        // of unwritten_
  std::mutex write_mutex_;  // of the connection
  RecordBatch unwritten_;
  std::chrono::steady_clock::time_point flushed_;
};

// Marks runs that say that they are running as interrupted: the caller holds the file, so they were
// killed. Returns how many there were.
std::int64_t mark_killed_runs(duck::Connection& connection);
// Puts on record that a run failed during which DuckDB ended its instance, so that its recorder
// could not; drops what it left. Does nothing where the instance has not ended, or cannot be opened
// anew within seconds: then the next command finds a run that was killed.
void end_broken_run(const duck::Database& database, const Error& failure);
// Whether a run says that it is running.
bool has_running(duck::Connection& connection);

}  // namespace gsa::assets
