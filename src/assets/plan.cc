#include "assets/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::assets {
namespace {

constexpr std::size_t kNamesInReason = 3;  // enough to see what happened
constexpr std::size_t kLongestValue = 40;  // columns of an option's value

std::string listed(const std::vector<std::string>& names) {
  std::vector<std::string> shown(
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesInReason)));
  std::string text = join(shown, ", ");
  if (names.size() > kNamesInReason) {
    text += fmt::format(" and {} more", names.size() - kNamesInReason);
  }
  return text;
}

bool is_option(const std::string& part) { return part.starts_with("--"); }

// "its SQL changed", "--seed changed from 42 to 7, --users changed from 500 to 1000"
std::string code_reason(const Code& now, const Code* before) {
  if (before == nullptr) return "its code changed";
  std::vector<std::string> changes;
  const auto compare = [&](const std::string& part, const std::string* was, const std::string* is) {
    if (part == "sql") {
      changes.emplace_back("its SQL changed");
    } else if (is_option(part) && was != nullptr && is != nullptr) {
      changes.push_back(fmt::format("{} changed from {} to {}", part, clip(*was, kLongestValue),
                                    clip(*is, kLongestValue)));
    } else {
      changes.push_back(fmt::format("{}{} changed", is_option(part) ? "" : "its ", part));
    }
  };
  for (const auto& [part, value] : now) {
    const auto was = before->find(part);
    if (was == before->end()) {
      compare(part, nullptr, &value);
    } else if (was->second != value) {
      compare(part, &was->second, &value);
    }
  }
  for (const auto& [part, value] : *before) {
    if (!now.contains(part)) compare(part, &value, nullptr);
  }
  return changes.empty() ? "its code changed" : join(changes, ", ");
}

std::vector<std::string> changed_inputs(const Versions& now, const Versions& before) {
  std::vector<std::string> changed;
  for (const auto& [name, version] : now) {
    const auto was = before.find(name);
    if (was == before.end() || was->second != version) changed.push_back(name);
  }
  for (const auto& [name, version] : before) {
    if (!now.contains(name)) changed.push_back(name);
  }
  return changed;
}

// How a table or view was damaged since it was published, if it was.
std::optional<std::string> damage(const Asset& asset, const Materialization& made, bool same_code,
                                  const State& state) {
  const auto [schema, name] = relation_of(asset, made.unit.partition);
  const Standing* standing = state.find(schema, name);
  const bool is_view = asset.kind == AssetKind::view;
  // Under other code it may have been of the other kind.
  if (standing == nullptr || (same_code && standing->is_view != is_view)) {
    return fmt::format("its {} is missing", is_view ? "view" : "table");
  }
  if (same_code && !is_view && made.rows && standing->rows != *made.rows) {
    return "its rows were changed by something other than gsa";
  }
  return std::nullopt;
}

std::string upstream(const std::vector<std::string>& names, std::string_view predicate) {
  return fmt::format("upstream {} {} {}", listed(names), names.size() == 1 ? "was" : "were",
                     predicate);
}

class Planner {
 public:
  Planner(const Graph& graph, const State& state, const PlanOptions& options)
      : graph_(graph), state_(state), options_(options), made_(graph.size()) {}

  Plan plan(const std::vector<Check>& checks) {
    Plan plan;
    for (const std::size_t index : graph_.order()) add(plan, index);
    if (const PlannedUnit* first = first_of_together(plan)) {
      // Plan again, so that dependents of the co-made assets become stale too.
      together_with_ = first->unit.asset;
      plan = {};
      for (const std::size_t index : graph_.order()) add(plan, index);
    }
    plan.checks_due.reserve(checks.size());
    for (const Check& check : checks) plan.checks_due.push_back(is_due_now(check));
    if (options_.only) return plan;
    for (const PublishedRelation& relation : state_.shown) {
      if (belongs(graph_, relation)) continue;
      (is_left_in_place(graph_, relation) ? plan.left : plan.gone).insert(relation.name);
    }
    return plan;
  }

 private:
  bool is_made_here(const Asset& asset) const {
    return asset.kind != AssetKind::source && asset.kind != AssetKind::ephemeral &&
           asset.kind != AssetKind::file;
  }

  void add(Plan& plan, std::size_t index) {
    const Asset& asset = graph_[index];
    if (!is_made_here(asset)) return;
    if (asset.partitions.empty()) return add_unit(plan, index, "");
    for (const std::string& partition : asset.partitions) add_unit(plan, index, partition);
    if (options_.only && !options_.only->contains(asset.name)) return;
    if (!shows_its_partitions(asset)) plan.joins.insert(asset.name);
  }

  // Whether the view over the partitions exists and the published partitions are those of the
  // graph.
  bool shows_its_partitions(const Asset& asset) const {
    const Standing* view = state_.find(asset.schema, asset.relation);
    if (view == nullptr || !view->is_view) return false;
    std::set<std::string> published;
    for (auto at = state_.published.lower_bound({asset.name, ""});
         at != state_.published.end() && at->first.asset == asset.name; ++at) {
      published.insert(at->first.partition);
    }
    return published == std::set<std::string>(asset.partitions.begin(), asset.partitions.end());
  }

  void add_unit(Plan& plan, std::size_t index, const std::string& partition) {
    const Asset& asset = graph_[index];
    PlannedUnit planned{{asset.name, partition}, std::nullopt, false, is_refreshed(partition)};
    if (options_.only) {
      if (options_.only->contains(asset.name)) planned.reason = "selected";
    } else if (planned.is_refreshed) {
      planned.reason = "--full-refresh";
    } else {
      std::vector<std::string> to_be_made;
      const Versions inputs = inputs_of(index, partition, to_be_made);
      planned.reason = stale_reason(asset, planned.unit, inputs, state_);
      if (!planned.reason && !to_be_made.empty()) {
        planned.reason = fmt::format("upstream {} will be made anew", listed(to_be_made));
        planned.depends_on_outcome = true;
      }
      if (!together_with_.empty() && is_one_of_together(asset.name)) {
        if (!planned.reason) planned.reason = "made together with " + together_with_;
        planned.depends_on_outcome = false;
      }
    }
    if (planned.reason) made_[index].insert(partition);
    plan.units.push_back(std::move(planned));
  }

  bool is_refreshed(const std::string& partition) const {
    return options_.full_refresh && (partition.empty() || options_.refreshed.empty() ||
                                     options_.refreshed.contains(partition));
  }

  // The data versions of the inputs. Inputs that will be rebuilt count with their published
  // version, and their names go to `to_be_made`.
  Versions inputs_of(std::size_t index, const std::string& partition,
                     std::vector<std::string>& to_be_made) const {
    Versions versions;
    for (const std::size_t input : graph_.made_inputs(index)) {
      const Asset& asset = graph_[input];
      const bool aligned = !partition.empty() && !asset.partitions.empty();
      if (aligned ? made_[input].contains(partition) : !made_[input].empty()) {
        to_be_made.push_back(asset.name);
      }
      if (aligned) {
        const auto found = state_.published.find({asset.name, partition});
        if (found != state_.published.end()) versions[asset.name] = found->second.data_version;
      } else if (const auto source = options_.sources.find(asset.name);
                 source != options_.sources.end()) {
        versions[asset.name] = source->second;
      } else if (const auto version = published_version(asset, state_)) {
        versions[asset.name] = *version;
      }
    }
    return versions;
  }

  bool is_one_of_together(const std::string& asset) const {
    return std::find(options_.together.begin(), options_.together.end(), asset) !=
           options_.together.end();
  }

  // The first stale member of the group that is built together, or null.
  const PlannedUnit* first_of_together(const Plan& plan) const {
    if (options_.only) return nullptr;
    const auto found =
        std::find_if(plan.units.begin(), plan.units.end(), [&](const PlannedUnit& planned) {
          return planned.reason && is_one_of_together(planned.unit.asset);
        });
    return found == plan.units.end() ? nullptr : &*found;
  }

  bool is_due_now(const Check& check) const {
    if (options_.full_refresh) return true;
    Versions inputs;
    for (const std::string& name : check.inputs) {
      const std::size_t index = graph_.at(name);
      if (!made_[index].empty()) return true;
      if (const auto source = options_.sources.find(name); source != options_.sources.end()) {
        inputs[name] = source->second;
      } else if (const auto version = published_version(graph_[index], state_)) {
        inputs[name] = *version;
      } else {
        inputs[name] = "";  // as the records have it for an asset that gsa does not build
      }
    }
    return !options_.only && is_due(check, inputs, state_);
  }

  const Graph& graph_;
  const State& state_;
  const PlanOptions& options_;
  std::vector<std::set<std::string>> made_;  // by asset: partitions to build; "" if not partitioned
  std::string together_with_;  // the stale member that makes the others of its group stale
};

}  // namespace

std::optional<std::string> stale_reason(const Asset& asset, const Unit& unit,
                                        const Versions& inputs, const State& state) {
  const auto found = state.published.find(unit);
  if (found == state.published.end()) return "never made";
  const Materialization& made = found->second;
  const bool same_code = code_version_of(asset.code) == made.code_version;
  if (asset.kind != AssetKind::file) {
    if (const auto reason = damage(asset, made, same_code, state)) return reason;
  }
  if (!same_code) {
    const auto before = state.codes.find(made.code_version);
    return code_reason(asset.code, before == state.codes.end() ? nullptr : &before->second);
  }
  const std::vector<std::string> changed = changed_inputs(inputs, made.inputs);
  if (!changed.empty()) return upstream(changed, "made anew");
  return std::nullopt;
}

bool is_due(const Check& check, const Versions& inputs, const State& state) {
  const auto found = state.checks.find(check.name);
  if (check.always || found == state.checks.end()) return true;
  const CheckRecord& last = found->second;
  const bool held = last.status == CheckStatus::pass || last.status == CheckStatus::warn;
  return !held || last.code_version != code_version_of(check.code) || last.inputs != inputs;
}

bool Plan::is_empty() const {
  return joins.empty() && gone.empty() && left.empty() &&
         std::none_of(units.begin(), units.end(),
                      [](const PlannedUnit& planned) { return planned.reason.has_value(); }) &&
         std::none_of(checks_due.begin(), checks_due.end(), [](bool due) { return due; });
}

const PlannedUnit* Plan::find(const Unit& unit) const {
  const auto found = std::find_if(units.begin(), units.end(),
                                  [&](const PlannedUnit& planned) { return planned.unit == unit; });
  return found == units.end() ? nullptr : &*found;
}

std::set<std::string> Plan::stale() const {
  std::set<std::string> names;
  for (const PlannedUnit& planned : units) {
    if (planned.reason) names.insert(planned.unit.asset);
  }
  return names;
}

Plan make_plan(const Graph& graph, const std::vector<Check>& checks, const State& state,
               const PlanOptions& options) {
  return Planner(graph, state, options).plan(checks);
}

bool belongs(const Graph& graph, const PublishedRelation& relation) {
  const auto index = graph.find(relation.unit.asset);
  if (!index) return false;
  const Asset& asset = graph[*index];
  return relation.unit.partition.empty()
             ? std::pair(relation.schema, relation.name) == relation_of(asset, "")
             : std::find(asset.partitions.begin(), asset.partitions.end(),
                         relation.unit.partition) != asset.partitions.end();
}

bool is_left_in_place(const Graph& graph, const PublishedRelation& relation) {
  return relation.unit.partition.empty() || !graph.find(relation.unit.asset);
}

bool stands_as_made(const Asset& asset, const State& state) {
  const std::vector<std::string> whole = {""};
  for (const std::string& partition : asset.partitions.empty() ? whole : asset.partitions) {
    const auto [schema, name] = relation_of(asset, partition);
    const auto made = state.published.find({asset.name, partition});
    const Standing* standing = state.find(schema, name);
    if (made == state.published.end() || standing == nullptr || standing->is_view ||
        made->second.rows != standing->rows) {
      return false;
    }
  }
  return true;
}

std::optional<std::string> published_version(const Asset& asset, const State& state) {
  if (asset.partitions.empty()) {
    const auto found = state.published.find({asset.name, ""});
    if (found == state.published.end()) return std::nullopt;
    return found->second.data_version;
  }
  std::vector<std::pair<std::string, std::string>> versions;
  for (const std::string& partition : asset.partitions) {
    const auto found = state.published.find({asset.name, partition});
    if (found == state.published.end()) return std::nullopt;
    versions.emplace_back(partition, found->second.data_version);
  }
  return combined_version(versions);
}

}  // namespace gsa::assets
