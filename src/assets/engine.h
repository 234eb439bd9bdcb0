#pragma once

// Makes what a plan says is stale, side by side, and asks the checks that are due. Everything is
// made under hidden names; publication() then says what may become visible.
//
// An asset that was planned only because an input will be made anew is looked at again once that
// input stands: where its content came out the same, the asset is fresh and is left alone. A
// failure lets everything go on that does not depend on it.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/plan.h"
#include "assets/publication.h"
#include "assets/recorder.h"
#include "assets/row_sums.h"
#include "assets/state.h"
#include "assets/unit.h"
#include "base/error.h"
#include "duck/database.h"

namespace gsa::assets {

struct EngineStep;

// A failure that may pass by itself: files, the network. It is tried again, a little later.
class TransientError : public Error {
 public:
  using Error::Error;
};

struct Made {
  std::optional<std::int64_t> rows;  // of a table
  std::map<std::string, std::string> metadata;
  std::optional<RowSum> sum = {};  // of a table, where it is known; else it is read
};

// How the assets are made; several threads call these at once, each with its own connection.
struct Work {
  // Makes the unit, under the hidden name of its relation. Throws where it cannot.
  std::function<Made(const Unit&, duck::Connection&)> make;
  // The SELECT of a view, on published names.
  std::function<std::string(const Asset&)> view_sql;
  // Asks a check: fills in status, failures, condition, message and sample.
  std::function<void(const Check&, duck::Connection&, CheckOutcome&)> check;
};

// Told what happens, one call at a time.
class Listener {
 public:
  virtual ~Listener() = default;
  // The record has no status yet.
  virtual void begun(const StepRecord& step) = 0;
  // `number` of `total`, in the order they ended. Of a failure the record has the message.
  virtual void ended(const StepRecord& step, const Error* failure, std::size_t number,
                     std::size_t total) = 0;
  virtual void note(const std::string& text) = 0;
  // Some twenty times a second, from a thread of its own.
  virtual void pulse(const std::vector<duck::Connection>& lanes) = 0;
};

struct EngineOptions {
  const Graph& graph;
  const std::vector<Check>& checks;
  const State& state;
  const Plan& plan;
  const Versions& sources;  // data versions of sources
  std::string baseline;     // of the run: row counts are compared with runs of the same
  std::size_t lanes = 1;
  std::vector<const duck::Connection*> others;  // on which the work runs as well: Ctrl-C stops them
  std::stop_token stop = {};                    // ends the run, as Ctrl-C does
};

struct EngineResult {
  std::vector<Unit> made;
  std::set<std::string> held_back;  // made or asked for, and not to be published
  std::size_t errors = 0;           // of assets and checks that could not run
  std::size_t failed_checks = 0;
  RunTotals totals;
  bool succeeded() const { return errors == 0 && failed_checks == 0; }
};

class Engine {
 public:
  // All must outlive the engine. Without a recorder nothing is put on record.
  Engine(const duck::Database& database, const EngineOptions& options, const Work& work,
         Recorder* recorder, Listener& listener);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Throws Error{interrupted} after Ctrl-C, and whatever is a bug.
  EngineResult run();

  // The name under which a relation is to be made or read now: hidden from the moment on at which
  // this run begins to make it. For any thread.
  std::string current_name(const std::string& schema, const std::string& name) const;
  // The same of a unit, as SQL writes it.
  std::string current_relation(const Unit& unit) const;

  // How a unit was made by this run, if it was. steps_begun() is the number of steps so far.
  std::optional<Materialization> made(const Unit& unit) const;
  // Of the largest table that is published or that this run has made.
  std::int64_t most_rows() const;
  std::int64_t steps_begun() const;

  // Relations that may become visible after run(), and what stays; provenance is the caller's to
  // fill in. `complete`: what the graph no longer has leaves the publication, unless something is
  // held back.
  Publication publication(const EngineResult& result, bool complete) const;
  // From now on Ctrl-C stops nothing. Throws Error{interrupted} where it came before.
  void stop_interrupting();

 private:
  void make_schemas();
  void drop_leftovers();
  void run_step(EngineStep& step, std::size_t lane);
  bool is_blocked(EngineStep& step) const;
  void do_step(EngineStep& step, duck::Connection& connection);
  void finish(EngineStep& step, const Error* failure);

  void make_unit(EngineStep& step, duck::Connection& connection);
  void make_once(EngineStep& step, duck::Connection& connection);
  bool take_over(EngineStep& step, duck::Connection& connection);
  void note_contents(const Asset& asset, duck::Connection& connection,
                     const std::optional<RowSum>& sum, Materialization& made);
  bool shows_the_same(const Asset& asset, duck::Connection& connection) const;
  void note_made(EngineStep& step, const Materialization& made);
  void join_partitions(EngineStep& step, duck::Connection& connection);
  void with_retries(EngineStep& step, const std::function<void()>& attempt);

  void ask(EngineStep& step, duck::Connection& connection);
  void note_outcome(const CheckOutcome& outcome);
  void compare_rows(const Materialization& made);

  Versions inputs_now(const Asset& asset, const std::string& partition) const;
  std::string version_now(const std::string& asset, const std::string& partition) const;
  void hide(const std::string& schema, const std::string& name);
  std::set<std::string> held_back() const;
  bool came_out_as_it_stands(const PlannedUnit& planned) const;
  void record(std::string_view level, const std::string& asset, std::string_view event,
              const std::string& message, const Fields& fields = {}) const;
  bool is_told_to_stop() const;
  void stop_if_told() const;  // throws Error{interrupted}
  void rest(std::chrono::milliseconds time) const;
  void pulse();
  void beat();
  void rethrow_from_pulse();
  void flush_records(bool now) const;

  const EngineOptions options_;
  const Work& work_;
  Recorder* recorder_;
  Listener& listener_;
  std::vector<duck::Connection> lanes_;
  std::vector<std::unique_ptr<EngineStep>> steps_;
  std::map<std::string, std::vector<std::int64_t>> row_history_;  // newest first

  mutable std::mutex mutex_;  // of what follows
  std::map<Unit, Materialization> made_;
  std::map<Unit, std::string> versions_;  // of what this run made; of partitions, and of the whole
  std::set<std::pair<std::string, std::string>> hidden_;  // schema, name
  std::map<std::size_t, std::int64_t> peaks_;             // of the step in each lane
  std::vector<CheckOutcome> outcomes_;
  std::int64_t peak_ = 0;
  std::int64_t begun_ = 0;
  std::size_t ended_ = 0, total_ = 0;

  std::mutex pulse_mutex_;
  std::condition_variable pulse_stop_;
  bool stopping_ = false;
  bool interrupting_ = true;
  std::exception_ptr pulse_failure_;
  std::atomic<bool> flush_is_due_ = false;  // what is not on record yet, with the next beat
  std::thread pulse_thread_;
};

}  // namespace gsa::assets
