#include <fmt/format.h>

#include "assets/engine.h"
#include "assets/engine_step.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

// The SELECT of the view over an asset's partitions.
std::string published_parts(const Asset& asset) {
  std::vector<std::string> relations;
  for (const std::string& partition : asset.partitions) {
    const auto [schema, name] = relation_of(asset, partition);
    relations.push_back(sql_relation(schema, name));
  }
  return select_partitions(asset, relations);
}

}  // namespace

Publication Engine::publication(const EngineResult& result, bool complete) const {
  Publication publication;
  std::set<std::pair<std::string, std::string>> shown;
  std::vector<std::string> units;
  const auto show = [&](const Asset& asset, const std::string& partition, std::string view_sql,
                        std::int64_t run_id, bool stands) {
    const auto [schema, name] = relation_of(asset, partition);
    publication.made.push_back(
        {schema, name, std::move(view_sql), {asset.name, partition}, run_id, stands});
    if (partition.empty()) publication.made.back().change = state_.change_of(asset.name);
    shown.emplace(schema, name);
  };
  const std::int64_t run_id = events_.recorder() == nullptr ? 0 : events_.recorder()->run_id();
  for (const auto& step : steps_) {
    if (step->kind == StepKind::check || step->state != StepState::done) continue;
    const Asset& asset = options_.graph[step->asset];
    if (result.held_back.contains(asset.name)) continue;
    if (step->kind == StepKind::join) {
      show(asset, "", published_parts(asset), 0, false);
      continue;
    }
    const std::string& partition = step->planned->unit.partition;
    show(asset, partition, asset.kind == AssetKind::view ? work_.view_sql(asset) : "", run_id,
         state_.came_out_as_published(*step->planned));
    units.push_back(fmt::format("({}, {})", sql_quote(asset.name), sql_quote(partition)));
  }
  if (!units.empty()) {
    publication.records.statements.push_back(fmt::format(
        "update ops.materializations set published = true where run_id = {} and (asset, "
        "coalesce(partition, '')) in ({})",
        run_id, join(units, ", ")));
  }
  // An asset that is held back may still read relations that the graph no longer has.
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
