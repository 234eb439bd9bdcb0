#include <algorithm>

#include <fmt/format.h>

#include "assets/engine.h"
#include "assets/engine_step.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

// The SELECT of the view on an asset's partitions.
std::string published_parts(const Asset& asset) {
  std::vector<std::string> relations;
  for (const std::string& partition : asset.partitions) {
    const auto [schema, name] = relation_of(asset, partition);
    relations.push_back(sql_relation(schema, name));
  }
  return select_partitions(asset, relations);
}

}  // namespace

// A failed check keeps what it reads from becoming visible, and what hangs on that; one that does
// not judge what it reads, only what it guards, which was not made. So that nothing
// stands beside something made of other inputs, what is held back also holds back what it would
// have been made of, as far as that came out with other content than is published.
std::set<std::string> Engine::held_back() const {
  std::set<std::size_t> made, held, failed;
  for (const auto& step : steps_) {
    const bool bad = step->status == StepStatus::failed || step->status == StepStatus::skipped;
    if (step->kind != StepKind::check) {
      if (step->status == StepStatus::done) made.insert(step->asset);
      if (bad) held.insert(step->asset);
    } else if (step->status == StepStatus::failed && step->check->blocks &&
               step->check->judges_inputs) {
      for (const std::string& input : step->check->inputs) failed.insert(options_.graph.at(input));
    }
  }
  for (const std::size_t asset : failed) {
    if (made.contains(asset)) held.insert(asset);
  }
  const auto is_changed = [&](std::size_t asset) {
    const std::string& name = options_.graph[asset].name;
    return made.contains(asset) &&
           version_now(name, "") != published_version(options_.graph[asset], options_.state);
  };
  for (std::size_t before = held.size() + 1; before != held.size();) {
    before = held.size();
    for (const std::size_t asset : made) {
      const std::vector<std::size_t>& inputs = options_.graph.made_inputs(asset);
      if (std::any_of(inputs.begin(), inputs.end(),
                      [&](std::size_t input) { return held.contains(input); })) {
        held.insert(asset);
      }
    }
    for (const std::size_t asset : std::set<std::size_t>(held)) {
      if (!published_version(options_.graph[asset], options_.state)) continue;
      for (const std::size_t input : options_.graph.made_inputs(asset)) {
        if (is_changed(input)) held.insert(input);
      }
    }
  }
  std::set<std::string> names;
  for (const std::size_t asset : held) names.insert(options_.graph[asset].name);
  return names;
}

// Whether a partition that was made anew holds what the published one does, whose table can then be
// left alone. One that was made anew on purpose replaces the old, whatever it was thought to hold.
bool Engine::came_out_as_it_stands(const PlannedUnit& planned) const {
  const Unit& unit = planned.unit;
  const auto before = options_.state.published.find(unit);
  if (unit.partition.empty() || planned.is_refreshed || before == options_.state.published.end()) {
    return false;
  }
  const auto [schema, name] =
      relation_of(options_.graph[options_.graph.at(unit.asset)], unit.partition);
  const Standing* standing = options_.state.find(schema, name);
  return standing != nullptr && !standing->is_view && standing->rows == before->second.rows &&
         version_now(unit.asset, unit.partition) == before->second.data_version;
}

Publication Engine::publication(const EngineResult& result, bool complete) const {
  Publication publication;
  std::set<std::pair<std::string, std::string>> shown;
  std::vector<std::string> units;
  const auto show = [&](const Asset& asset, const std::string& partition, std::string view_sql,
                        std::int64_t run_id, bool stands) {
    const auto [schema, name] = relation_of(asset, partition);
    publication.made.push_back(
        {schema, name, std::move(view_sql), {asset.name, partition}, run_id, stands});
    shown.emplace(schema, name);
  };
  const std::int64_t run_id = recorder_ == nullptr ? 0 : recorder_->run_id();
  for (const auto& step : steps_) {
    if (step->kind == StepKind::check || step->status != StepStatus::done) continue;
    const Asset& asset = options_.graph[step->asset];
    if (result.held_back.contains(asset.name)) continue;
    if (step->kind == StepKind::join) {
      show(asset, "", published_parts(asset), 0, false);
      continue;
    }
    const std::string& partition = step->planned->unit.partition;
    show(asset, partition, asset.kind == AssetKind::view ? work_.view_sql(asset) : "", run_id,
         came_out_as_it_stands(*step->planned));
    units.push_back(fmt::format("({}, {})", sql_quote(asset.name), sql_quote(partition)));
  }
  if (!units.empty()) {
    publication.records.statements.push_back(fmt::format(
        "update ops.materializations set published = true where run_id = {} and (asset, "
        "coalesce(partition, '')) in ({})",
        run_id, join(units, ", ")));
  }
  // What is held back may go on to read what the graph no longer has.
  const bool drops = complete && result.held_back.empty();
  for (const PublishedRelation& old : options_.state.shown) {
    if (shown.contains({old.schema, old.name})) continue;
    if (!drops || belongs(options_.graph, old)) {
      publication.kept.push_back(old);
    } else if (is_left_in_place(options_.graph, old)) {
      publication.left.push_back(old);
    }
  }
  return publication;
}

}  // namespace gsa::assets
