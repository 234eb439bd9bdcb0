#pragma once

// The steps of an engine: the units to build, the views over partitions, the checks to run.

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
  fresh,    // turned out to need no work
  failed,   // or is a blocking check that failed
  skipped,  // a step that it needs has failed
};

struct EngineStep {
  StepKind kind = StepKind::unit;
  std::size_t asset = 0;  // index in the graph, of a unit or join
  const PlannedUnit* planned = nullptr;
  const Check* check = nullptr;
  bool is_due = false;             // of a join: run even if all partitions turn out fresh
  std::vector<std::size_t> after;  // numbers of earlier steps to wait for

  // Whether the listener is notified. Joins are not reported: they belong to their units.
  bool is_told() const { return kind != StepKind::join; }

  StepState state = StepState::waiting;
  std::string cause;  // of a skipped step: the step whose failure caused it
  StepRecord record;
};

// The steps of a plan in topological order: a unit follows its inputs and the checks that guard it;
// a check follows everything that it reads. The arguments must outlive the steps.
std::vector<std::unique_ptr<EngineStep>> plan_steps(const Graph& graph,
                                                    const std::vector<Check>& checks,
                                                    const Plan& plan);

}  // namespace gsa::assets
