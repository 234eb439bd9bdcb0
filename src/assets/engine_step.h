#pragma once

// What an engine does, one by one: the units to make, the views over partitions, the checks to ask.

#include <memory>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/plan.h"
#include "assets/recorder.h"

namespace gsa::assets {

enum class StepKind { unit, join, check };

enum class StepState {
  waiting,
  done,
  fresh,    // it turned out that nothing had to be done
  failed,   // or a check that blocks did
  skipped,  // something that it needs has failed
};

struct EngineStep {
  StepKind kind = StepKind::unit;
  std::size_t asset = 0;  // of a unit or join: in the graph
  const PlannedUnit* planned = nullptr;
  const Check* check = nullptr;
  bool is_due = false;             // of a join: also if all partitions turn out fresh
  std::vector<std::size_t> after;  // numbers of earlier steps

  // Whether the listener hears of it: joins are a part of making their units.
  bool is_told() const { return kind != StepKind::join; }

  StepState state = StepState::waiting;
  std::string cause;  // of what was skipped: what failed first
  StepRecord record;
};

// The steps of a plan, each after those that it waits for: a unit after its inputs and after the
// checks that guard it, a check as soon as all that it reads stands. The arguments must outlive the
// steps.
std::vector<std::unique_ptr<EngineStep>> plan_steps(const Graph& graph,
                                                    const std::vector<Check>& checks,
                                                    const Plan& plan);

}  // namespace gsa::assets
