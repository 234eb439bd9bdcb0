#include "assets/run_state.h"

#include <algorithm>

#include "assets/warehouse.h"

namespace gsa::assets {

RunState::RunState(const Graph& graph, const State& published, const Versions& sources)
    : graph_(graph), published_(published), sources_(sources) {}

std::string RunState::current_name(const std::string& schema, const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return hidden_.contains({schema, name}) ? hidden(name) : name;
}

std::string RunState::current_relation(const Unit& unit) const {
  const auto [schema, name] = relation_of(graph_[graph_.at(unit.asset)], unit.partition);
  return sql_relation(schema, current_name(schema, name));
}

void RunState::hide(const std::string& schema, const std::string& name) {
  const std::lock_guard lock(mutex_);
  hidden_.emplace(schema, name);
}

void RunState::add(const Materialization& made) {
  const std::lock_guard lock(mutex_);
  versions_[made.unit] = made.data_version;
  made_[made.unit] = made;
}

void RunState::add_change(const std::string& asset, const KeyedChange& change) {
  const std::lock_guard lock(mutex_);
  changes_[asset] = change;
}

std::optional<KeyedChange> RunState::change_of(const std::string& asset) const {
  const std::lock_guard lock(mutex_);
  const auto found = changes_.find(asset);
  return found == changes_.end() ? std::nullopt : std::optional(found->second);
}

void RunState::add_whole(const std::string& asset, const std::string& version) {
  const std::lock_guard lock(mutex_);
  versions_[{asset, ""}] = version;
}

std::optional<Materialization> RunState::made(const Unit& unit) const {
  const std::lock_guard lock(mutex_);
  const auto found = made_.find(unit);
  return found == made_.end() ? std::nullopt : std::optional(found->second);
}

std::int64_t RunState::most_rows() const {
  std::int64_t most = 0;
  const auto look = [&most](const std::map<Unit, Materialization>& units) {
    for (const auto& [unit, made] : units) most = std::max(most, made.rows.value_or(0));
  };
  look(published_.published);
  const std::lock_guard lock(mutex_);
  look(made_);
  return most;
}

std::string RunState::version(const std::string& asset, const std::string& partition) const {
  {
    const std::lock_guard lock(mutex_);
    const auto made = versions_.find({asset, partition});
    if (made != versions_.end()) return made->second;
  }
  const auto source = sources_.find(asset);
  if (source != sources_.end()) return source->second;
  if (partition.empty()) {
    return published_version(graph_[graph_.at(asset)], published_).value_or("");
  }
  const auto published = published_.published.find({asset, partition});
  return published == published_.published.end() ? "" : published->second.data_version;
}

Versions RunState::inputs(const Asset& asset, const std::string& partition) const {
  Versions versions;
  for (const std::size_t input : graph_.made_inputs(graph_.at(asset.name))) {
    const Asset& of = graph_[input];
    const bool aligned = !partition.empty() && !of.partitions.empty();
    const std::string now = version(of.name, aligned ? partition : "");
    if (!now.empty()) versions[of.name] = now;
  }
  return versions;
}

bool RunState::is_changed(const Asset& asset) const {
  return version(asset.name, "") != published_version(asset, published_);
}

bool RunState::came_out_as_published(const PlannedUnit& planned) const {
  const Unit& unit = planned.unit;
  const auto before = published_.published.find(unit);
  if (unit.partition.empty() || planned.is_refreshed || before == published_.published.end()) {
    return false;
  }
  const auto [schema, name] = relation_of(graph_[graph_.at(unit.asset)], unit.partition);
  const Standing* standing = published_.find(schema, name);
  return standing != nullptr && !standing->is_view && standing->rows == before->second.rows &&
         version(unit.asset, unit.partition) == before->second.data_version;
}

}  // namespace gsa::assets
