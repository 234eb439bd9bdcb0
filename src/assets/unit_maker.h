#pragma once

// Builds one unit of a run: checks again whether it is stale, takes over the result of a killed run
// or builds it under its hidden name, and records it. Any worker may call make().

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/plan.h"
#include "assets/pulse.h"
#include "assets/recorder.h"
#include "assets/row_sums.h"
#include "assets/run_events.h"
#include "assets/run_state.h"
#include "assets/state.h"
#include "base/finding.h"
#include "duck/database.h"

namespace gsa::assets {

struct Made {
  std::optional<std::int64_t> rows;  // of a table
  std::map<std::string, std::string> metadata;
  std::optional<RowSum> sum = {};      // of a table, if known; else the table is read
  std::vector<Finding> findings = {};  // about a source
  // Set if not the whole table was made, but change->values() and change->rows().
  std::optional<KeyedChange> change = {};
};

// Builds the unit under the current name of its relation. Throws if it fails.
using Make = std::function<Made(const Unit&, duck::Connection&)>;

class UnitMaker {
 public:
  // All arguments must outlive it.
  UnitMaker(const Graph& graph, const State& published, const Make& make, RunState& state,
            Pulse& pulse, RunEvents& events);

  // Fills in the step's reason, rows and attempts. Returns how the unit was built; nullopt if its
  // inputs did not change after all, so that it is fresh. Throws the error that makes it fail.
  std::optional<Materialization> make(const PlannedUnit& planned, StepRecord& step,
                                      duck::Connection& connection);

 private:
  std::optional<Materialization> take_over(const PlannedUnit& planned, const Asset& asset,
                                           duck::Connection& connection) const;
  Materialization make_once(const Asset& asset, const Unit& unit, StepRecord& step,
                            duck::Connection& connection);
  void note_contents(const Asset& asset, duck::Connection& connection,
                     const std::optional<RowSum>& sum, Materialization& made) const;
  bool shows_the_same(const Asset& asset, duck::Connection& connection) const;
  void put_on_record(const Asset& asset, const Materialization& made);

  const Graph& graph_;
  const State& published_;
  const Make& make_;
  RunState& state_;
  Pulse& pulse_;
  RunEvents& events_;
};

}  // namespace gsa::assets
