#include "pipeline/asset_states.h"

#include <algorithm>
#include <set>

#include "pipeline/asset_run.h"
#include "pipeline/export.h"
#include "pipeline/raw_assets.h"
#include "prompts/resolve.h"

namespace gsa::pipeline {
namespace {

using assets::Validity;

// The published raw tables, or those that a first run would build.
std::vector<assets::Asset> raw_assets(const assets::State& records) {
  std::vector<assets::Asset> raw = published_raw_assets(records);
  if (!raw.empty()) return raw;
  for (assets::Asset& asset : default_raw_assets()) {
    if (records.find(asset.schema, asset.relation) == nullptr) raw.push_back(std::move(asset));
  }
  return raw;
}

// The recorded exports of tables that are still in the graph.
std::vector<assets::Asset> exports_of(const assets::State& records, const dbt::Project& project,
                                      const std::vector<assets::Asset>& raw) {
  std::set<std::string> names;
  for (const assets::Asset& asset : raw) names.insert(asset.name);
  for (const dbt::Node& node : project.nodes()) names.insert(node.name);
  std::vector<assets::Asset> exports = recorded_exports(records);
  std::erase_if(exports, [&](const assets::Asset& asset) {
    return !std::all_of(asset.inputs.begin(), asset.inputs.end(),
                        [&](const std::string& input) { return names.contains(input); });
  });
  return exports;
}

}  // namespace

AssetOverview::AssetOverview(const dbt::Project& project, duck::Connection& connection)
    : records(assets::read_state(connection)) {
  const std::vector<assets::Asset> raw = raw_assets(records);
  catalog = make_catalog(project, raw, OutsideVersions(project, records, connection), nullptr,
                         exports_of(records, project, raw));
  sources = versions_of_sources(connection, catalog, records, true);
  assets::PlanOptions options;
  options.sources = sources;
  plan = assets::make_plan(catalog.graph, catalog.checks, records, options);
  for (const assets::Asset& asset : catalog.graph.assets()) states.push_back(state_of(asset));
}

assets::AssetState AssetOverview::state_of(const assets::Asset& asset) const {
  assets::AssetState state;
  if (asset.kind == assets::AssetKind::source) state.validity = Validity::source;
  for (const assets::PlannedUnit& planned : plan.units) {
    if (planned.unit.asset != asset.name) continue;
    if (state.validity == Validity::unknown) state.validity = Validity::fresh;
    if (!planned.reason) continue;
    state.validity = *planned.reason == "never made" ? Validity::never_made : Validity::stale;
    state.reason = *planned.reason;
  }
  for (auto at = records.published.lower_bound({asset.name, ""});
       at != records.published.end() && at->first.asset == asset.name; ++at) {
    const assets::Materialization& made = at->second;
    state.made_at = std::max(state.made_at, made.made_at);
    if (made.rows) state.rows = state.rows.value_or(0) + *made.rows;
    if (made.bytes) state.bytes = state.bytes.value_or(0) + *made.bytes;
    state.seconds = state.seconds.value_or(0) + made.seconds.value_or(0);
    if (!at->first.partition.empty()) ++state.partitions;
  }
  for (const assets::Check& check : catalog.checks) {
    if (check.asset != asset.name) continue;
    const auto last = records.checks.find(check.name);
    if (last == records.checks.end()) continue;
    const assets::CheckStatus status = last->second.status;
    const bool failed = status == assets::CheckStatus::fail || status == assets::CheckStatus::error;
    const bool warned = status == assets::CheckStatus::warn;
    ++(failed ? state.failed : warned ? state.warned : state.passed);
  }
  if (asset.kind == assets::AssetKind::file) add_export(asset, state);
  return state;
}

void AssetOverview::add_export(const assets::Asset& asset, assets::AssetState& state) const {
  assets::Versions versions;
  for (const std::string& input : asset.inputs) {
    const assets::Asset& of = catalog.graph[catalog.graph.at(input)];
    if (const auto version = assets::published_version(of, records)) versions[input] = *version;
  }
  const auto reason = export_reason(asset, asset.file, versions, records);
  state.validity = reason ? Validity::stale : Validity::fresh;
  state.reason = reason.value_or("");
}

}  // namespace gsa::pipeline
