#include "assets/engine_step.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace gsa::assets {
namespace {

class StepPlanner {
 public:
  StepPlanner(const Graph& graph, const std::vector<Check>& checks, const Plan& plan)
      : graph_(graph),
        checks_(checks),
        plan_(plan),
        units_(graph.size()),
        joins_(graph.size()),
        guards_(graph.size()),
        unplaced_(checks.size()),
        readers_(graph.size()) {
    for (const PlannedUnit& planned : plan.units) {
      if (planned.reason) planned_[planned.unit.asset].push_back(&planned);
    }
    for (std::size_t i = 0; i < checks.size(); ++i) {
      if (!plan.checks_due[i]) continue;
      const std::set<std::string> inputs(checks[i].inputs.begin(), checks[i].inputs.end());
      unplaced_[i] = inputs.size();
      for (const std::string& input : inputs) readers_[graph.at(input)].push_back(i);
    }
  }

  std::vector<std::unique_ptr<EngineStep>> plan() {
    for (std::size_t i = 0; i < checks_.size(); ++i) {
      if (plan_.checks_due[i] && unplaced_[i] == 0) place_check(i);  // it waits for nothing
    }
    for (const std::size_t index : graph_.order()) {
      place_asset(index);
      for (const std::size_t check : readers_[index]) {
        if (--unplaced_[check] == 0) place_check(check);
      }
    }
    return std::move(steps_);
  }

 private:
  std::size_t add(EngineStep step) {
    std::sort(step.after.begin(), step.after.end());
    step.after.erase(std::unique(step.after.begin(), step.after.end()), step.after.end());
    for (const std::size_t before : step.after) {
      const StepRecord& other = steps_[before]->record;
      step.record.waited_for.push_back(to_string({other.name, other.partition}));
    }
    steps_.push_back(std::make_unique<EngineStep>(std::move(step)));
    return steps_.size() - 1;
  }

  // The steps that complete an asset.
  std::vector<std::size_t> whole(std::size_t index) const {
    if (const std::optional<std::size_t> join = joins_[index]) return {*join};
    std::vector<std::size_t> steps;
    for (const auto& [partition, step] : units_[index]) steps.push_back(step);
    return steps;
  }

  void place_asset(std::size_t index) {
    const Asset& asset = graph_[index];
    const auto planned = planned_.find(asset.name);
    if (planned != planned_.end()) {
      for (const PlannedUnit* unit : planned->second) place_unit(index, *unit);
    }
    if (plan_.joins.contains(asset.name) || (!asset.partitions.empty() && !units_[index].empty())) {
      EngineStep join;
      join.kind = StepKind::join;
      join.asset = index;
      join.is_due = plan_.joins.contains(asset.name);
      join.record.name = join.record.asset = asset.name;
      join.record.kind = "asset";
      for (const auto& [partition, step] : units_[index]) join.after.push_back(step);
      joins_[index] = add(std::move(join));
    }
  }

  void place_unit(std::size_t index, const PlannedUnit& planned) {
    EngineStep step;
    step.asset = index;
    step.planned = &planned;
    step.record.name = step.record.asset = planned.unit.asset;
    step.record.partition = planned.unit.partition;
    step.record.kind = "asset";
    for (const std::size_t input : graph_.made_inputs(index)) {
      const bool aligned = !planned.unit.partition.empty() && !graph_[input].partitions.empty();
      if (!aligned) {
        for (const std::size_t before : whole(input)) step.after.push_back(before);
      } else if (const auto found = units_[input].find(planned.unit.partition);
                 found != units_[input].end()) {
        step.after.push_back(found->second);
      }
    }
    for (const std::size_t check : guards_[index]) step.after.push_back(check);
    units_[index][planned.unit.partition] = add(std::move(step));
  }

  void place_check(std::size_t index) {
    const Check& check = checks_[index];
    EngineStep step;
    step.kind = StepKind::check;
    step.check = &check;
    step.record.name = check.name;
    step.record.kind = "check";
    step.record.asset = check.asset;
    for (const std::string& input : check.inputs) {
      for (const std::size_t before : whole(graph_.at(input))) step.after.push_back(before);
    }
    const std::size_t number = add(std::move(step));
    if (!check.blocks) return;
    for (const std::string& guarded : check.guards) guards_[graph_.at(guarded)].push_back(number);
  }

  const Graph& graph_;
  const std::vector<Check>& checks_;
  const Plan& plan_;
  std::map<std::string, std::vector<const PlannedUnit*>> planned_;
  std::vector<std::unique_ptr<EngineStep>> steps_;
  std::vector<std::map<std::string, std::size_t>> units_;  // by asset: partition -> step
  std::vector<std::optional<std::size_t>> joins_;          // by asset
  std::vector<std::vector<std::size_t>> guards_;           // by asset: steps of checks
  std::vector<std::size_t> unplaced_;                      // by check: inputs not placed yet
  std::vector<std::vector<std::size_t>> readers_;          // by asset: checks that read it
};

}  // namespace

std::vector<std::unique_ptr<EngineStep>> plan_steps(const Graph& graph,
                                                    const std::vector<Check>& checks,
                                                    const Plan& plan) {
  return StepPlanner(graph, checks, plan).plan();
}

}  // namespace gsa::assets
