#pragma once

// Builds the stale units of a plan in parallel and runs the checks that are due.
//
// The engine builds everything under hidden names, so readers see nothing until the caller
// publishes what publication() returns. An asset that the plan lists only because an input will be
// rebuilt is checked again once that input is built: if the input's content did not change, the
// asset is fresh and keeps its table (early cutoff). A failure stops only the assets that depend on
// the failed one.
//
// One thread constructs the engine, calls run() once and then publication(); run() uses up to
// `lanes` workers, each with its own connection, and a thread of Pulse. Other threads may call
// state() and steps_begun() at any time.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/plan.h"
#include "assets/publication.h"
#include "assets/pulse.h"
#include "assets/recorder.h"
#include "assets/run_events.h"
#include "assets/run_state.h"
#include "assets/state.h"
#include "assets/step_retries.h"
#include "assets/unit.h"
#include "assets/unit_maker.h"
#include "duck/database.h"

namespace gsa::assets {

struct EngineStep;

// How to build assets. Several workers call these at once, each with its own connection.
struct Work {
  Make make;
  // The SELECT of a view, in published names.
  std::function<std::string(const Asset&)> view_sql;
  // Runs a check; fills in status, failures, condition, message and sample.
  std::function<void(const Check&, duck::Connection&, CheckRecord&)> check;
};

struct EngineOptions {
  const Graph& graph;
  const std::vector<Check>& checks;
  const State& state;
  const Plan& plan;
  const Versions& sources;  // data versions of sources
  std::string baseline;  // of the run; row counts are compared only with runs of the same baseline
  std::size_t lanes = 1;
  // Further connections that the work uses; Ctrl-C interrupts them too.
  std::vector<const duck::Connection*> others;
  std::stop_token stop = {};  // ends the run like Ctrl-C
};

struct EngineResult {
  std::vector<Unit> made;
  std::set<std::string> held_back;  // built or due assets that must not be published
  std::size_t errors = 0;           // assets and checks that failed to run
  std::size_t failed_checks = 0;
  RunTotals totals;
  bool succeeded() const { return errors == 0 && failed_checks == 0; }
};

class Engine {
 public:
  // All arguments must outlive the engine. Null `recorder`: the run leaves no records.
  Engine(const duck::Database& database, const EngineOptions& options, const Work& work,
         Recorder* recorder, Listener& listener);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Throws Error{interrupted} after Ctrl-C, and rethrows exceptions that are bugs. The failure of
  // an asset or a check does not throw; the result counts it.
  EngineResult run();

  // The units built so far, and their current names. Any thread.
  const RunState& state() const { return state_; }
  // Number of steps begun so far. Any thread.
  std::int64_t steps_begun() const { return events_.begun(); }

  // The relations to publish after run(), and those that stay; the caller fills in the provenance.
  // If `complete`, relations that the graph no longer has leave the publication, unless something
  // is held back (it may still read them).
  Publication publication(const EngineResult& result, bool complete) const;
  // From now on Ctrl-C interrupts nothing. Throws Error{interrupted} if it was pressed before.
  void stop_interrupting();

 private:
  void make_schemas();
  void drop_leftovers();
  void run_step(EngineStep& step, std::size_t lane);
  void do_step(EngineStep& step, duck::Connection& connection);
  void make(EngineStep& step, duck::Connection& connection);
  void join_partitions(EngineStep& step, duck::Connection& connection);
  void ask(EngineStep& step, duck::Connection& connection);
  void compare_rows(const Materialization& made);
  void put_on_record(const CheckRecord& outcome);
  EngineResult result() const;
  std::set<std::string> held_back() const;

  const EngineOptions options_;
  const Work& work_;
  std::vector<duck::Connection> lanes_;
  std::vector<std::unique_ptr<EngineStep>> steps_;
  std::map<std::string, std::vector<std::int64_t>> row_history_;  // newest first
  RunEvents events_;
  RunState state_;
  Pulse pulse_;
  UnitMaker maker_;

  std::mutex outcomes_mutex_;
  std::vector<CheckRecord> outcomes_;
};

}  // namespace gsa::assets
