#pragma once

// Records a run in schema ops. Keeps rows in memory and writes them in batches on its own
// connection. The publication takes the unwritten rows and writes them in its own transaction, so
// that the published tables and their records change together.
//
// Any thread may call any function. Functions that write throw SqlError; rows that could not be
// written are kept and written with the next batch.

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
#include "assets/run_records.h"
#include "base/error.h"
#include "duck/database.h"

namespace gsa::assets {

struct RunHeader {
  std::string command;  // "run"
  std::vector<RunOption> options;
  std::string baseline;  // row counts are compared only between runs of the same baseline
  int threads = 0;
  std::string version;  // of gsa
};

// The status of a run that ended with `error`; null: without an error.
RunStatus status_after(const Error* error);

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
  // Marks the runs of killed processes as interrupted, and begins a run. The caller has the file
  // open to write, so no other run can be active.
  Recorder(const duck::Database& database, const RunHeader& header);

  std::int64_t run_id() const { return run_id_; }
  // For a run that is recorded before its baseline is known.
  void set_baseline(const std::string& baseline);
  // Whether the end of the run is on record, or among the statements that ending() returned.
  bool has_ended() const { return has_ended_; }

  void step(const StepRecord& record);
  void check(const CheckRecord& outcome);
  // `code` is the content behind made.code_version.
  void materialization(const Materialization& made, const Code& code);
  void event(std::string_view level, const std::string& asset, std::string_view event,
             const std::string& message, const Fields& fields = {});

  void flush();         // now
  void flush_if_due();  // if the last one was kFlushInterval ago
  // Hands all unwritten rows to the caller, who must write them or put them back.
  RecordBatch take();
  // Gives back a batch that could not be written.
  void put_back(RecordBatch batch);

  // Statements that end the run: they set its totals and delete records older than `keep_days`,
  // except those of published relations.
  std::vector<std::string> ending(const RunTotals& totals, int keep_days);
  // take() and ending(), executed in one transaction.
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
  std::mutex mutex_;        // guards unwritten_
  std::mutex write_mutex_;  // guards the connection and flushed_
  RecordBatch unwritten_;
  std::chrono::steady_clock::time_point flushed_;
};

// Marks all runs on record as "running" as interrupted: the caller has the file open to write, so
// they were killed. Returns their number.
std::int64_t mark_killed_runs(duck::Connection& connection);
// For a run during which DuckDB ended its instance, so that its recorder cannot write. Reopens the
// database, records the failure and drops the run's hidden relations. Does nothing if the instance
// has not ended. Gives up if it cannot be reopened within 5 s; the next command then finds a killed
// run.
void end_broken_run(const duck::Database& database, const Error& failure);
// Whether any run is on record as "running".
bool has_running(duck::Connection& connection);

}  // namespace gsa::assets
