#pragma once

// Makes what a plan says is stale, side by side, and asks the checks that are due. Everything is
// made under hidden names; publication() then says what may become visible.
//
// An asset that was planned only because an input will be made anew is looked at again once that
// input stands: where its content came out the same, the asset is fresh and is left alone. A
// failure lets everything go on that does not depend on it.

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

// How the assets are made; several threads call these at once, each with its own connection.
struct Work {
  Make make;
  // The SELECT of a view, on published names.
  std::function<std::string(const Asset&)> view_sql;
  // Asks a check: fills in status, failures, condition, message and sample.
  std::function<void(const Check&, duck::Connection&, CheckOutcome&)> check;
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

  // What was made so far, and under which names. For any thread.
  const RunState& state() const { return state_; }
  // The number of steps so far.
  std::int64_t steps_begun() const { return events_.begun(); }

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
  void do_step(EngineStep& step, duck::Connection& connection);
  void make(EngineStep& step, duck::Connection& connection);
  void join_partitions(EngineStep& step, duck::Connection& connection);
  void ask(EngineStep& step, duck::Connection& connection);
  void compare_rows(const Materialization& made);
  void put_on_record(const CheckOutcome& outcome);
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
  std::vector<CheckOutcome> outcomes_;
};

}  // namespace gsa::assets
