#include "dbt/manifest_json.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "dbt/manifest_macros.h"
#include "dbt/manifest_resources.h"
#include "dbt/manifest_semantic.h"
#include "dbt/manifest_sources.h"
#include "dbt/manifest_unit_tests.h"
#include "dbt/md5.h"

namespace gsa::dbt {
namespace {

Dict metadata_of(const Project& project, const ArtifactRun& run) {
  Dict metadata = artifact_metadata("manifest/v12", run);
  const auto set = [&](const char* key, Value value) {
    metadata.set(Value(key), std::move(value));
  };
  set("project_name", Value(project.name()));
  set("project_id", Value(md5_of(project.name())));
  set("user_id", Value());
  set("send_anonymous_usage_stats", Value(false));
  set("adapter_type", Value("duckdb"));
  Dict quoting;
  for (const char* key : {"database", "schema", "identifier"}) quoting.set(Value(key), Value(true));
  quoting.set(Value("column"), Value());
  set("quoting", Value(std::move(quoting)));
  set("run_started_at", Value(iso_time(run.began)));
  return metadata;
}

// Semantic models, metrics and saved queries, also those that are switched off.
std::vector<SemanticResource> semantic_resources(const Project& project, double created_at) {
  std::vector<SemanticResource> all = semantic_models_in_manifest(project, created_at);
  const std::vector<SemanticResource> metrics = metrics_in_manifest(project, created_at);
  const std::vector<SemanticResource> queries =
      saved_queries_in_manifest(project, metrics, created_at);
  all.insert(all.end(), metrics.begin(), metrics.end());
  all.insert(all.end(), queries.begin(), queries.end());
  return all;
}

// Those of one type that are not switched off.
Value section_of(const std::vector<SemanticResource>& resources, const std::string& type) {
  Members members;
  for (const SemanticResource& one : resources) {
    if (!one.is_enabled || !one.unique_id.starts_with(type + ".")) continue;
    members.emplace_back(Value(one.unique_id), one.value);
  }
  return Value(Dict(std::move(members)));
}

Value with_disabled(const Value& nodes, const std::vector<SemanticResource>& resources) {
  Dict all = nodes.as_dict();
  for (const SemanticResource& one : resources) {
    if (one.is_enabled) continue;
    const Value* same = all.find(one.unique_id);
    List list = same == nullptr ? List() : same->as_list();
    list.push_back(one.value);
    all.set(Value(one.unique_id), Value(std::move(list)));
  }
  return Value(std::move(all));
}

// All that has a place in the graph, with what it depends on directly; both sorted.
std::map<std::string, std::set<std::string>> parents_of_all(
    const Project& project, const std::vector<Node>& analyses,
    const std::vector<SemanticResource>& resources) {
  std::map<std::string, std::set<std::string>> parents;
  const std::vector<Node>& nodes = project.nodes();
  for (const Node& node : nodes) {
    std::set<std::string>& own = parents[node.unique_id];
    if (node.is_unit_test()) {
      own.insert(nodes.at(node.tested).unique_id);
      continue;
    }
    for (const std::size_t index : node.depends_on) own.insert(nodes[index].unique_id);
  }
  for (const Node& analysis : analyses) {
    std::set<std::string>& own = parents[analysis.unique_id];
    for (const std::size_t index : analysis.depends_on) own.insert(nodes[index].unique_id);
  }
  for (const Exposure& exposure : project.exposures()) {
    std::set<std::string>& own =
        parents[fmt::format("exposure.{}.{}", project.name(), exposure.name)];
    for (const std::size_t index : exposure.depends_on) own.insert(nodes[index].unique_id);
  }
  for (const SemanticResource& one : resources) {
    if (one.is_enabled) parents[one.unique_id] = {one.depends_on.begin(), one.depends_on.end()};
  }
  return parents;
}

Value edges_value(const std::map<std::string, std::set<std::string>>& edges) {
  Members members;
  for (const auto& [id, others] : edges) {
    members.emplace_back(Value(id), list_of_texts({others.begin(), others.end()}));
  }
  return Value(Dict(std::move(members)));
}

std::map<std::string, std::set<std::string>> turned_around(
    const std::map<std::string, std::set<std::string>>& parents) {
  std::map<std::string, std::set<std::string>> children;
  for (const auto& [id, of] : parents) {
    children[id];
    for (const std::string& parent : of) children[parent].insert(id);
  }
  return children;
}

// Nodes by group; a data test is of the group of what it tests.
Value group_map(const Project& project, const std::vector<SemanticResource>& resources) {
  std::map<std::string, std::set<std::string>> groups;
  for (const GroupSpec& group : project.declarations().groups) groups[group.name];
  for (const Node& node : project.nodes()) {
    if (node.kind == NodeKind::source || node.is_unit_test()) continue;
    std::string group = node.group;
    if (group.empty() && node.is_generic) {
      const Node& tested = project.nodes().at(node.tested);
      if (tested.kind != NodeKind::source) group = tested.group;
    }
    const auto found = groups.find(group);
    if (found != groups.end()) found->second.insert(node.unique_id);
  }
  for (const SemanticResource& one : resources) {
    const auto found = groups.find(one.group);
    if (one.is_enabled && found != groups.end()) found->second.insert(one.unique_id);
  }
  return edges_value(groups);
}

std::vector<std::string> called_macros(const Project& project) {
  std::set<std::string> called = {"macro.dbt.get_where_subquery"};
  for (const auto* nodes : {&project.nodes(), &project.disabled()}) {
    for (const Node& node : *nodes) called.insert(node.macros.begin(), node.macros.end());
  }
  return {called.begin(), called.end()};
}

}  // namespace

std::string manifest_json(const Project& project, const ArtifactRun& run,
                          const CompiledCode& compiled) {
  const double created_at = seconds_since_epoch(run.began);
  const std::vector<Node> analyses = project.analyses();
  const NodesInManifest nodes(project, analyses, compiled, created_at);
  const std::vector<SemanticResource> semantics = semantic_resources(project, created_at);
  const auto parents = parents_of_all(project, analyses, semantics);
  Dict manifest;
  const auto set = [&](const char* key, Value value) {
    manifest.set(Value(key), std::move(value));
  };
  set("metadata", Value(metadata_of(project, run)));
  set("nodes", nodes.nodes());
  set("sources", sources_in_manifest(project, created_at));
  set("macros", macros_in_manifest(project, called_macros(project), created_at));
  set("docs", docs_in_manifest(project));
  set("exposures", exposures_in_manifest(project, created_at));
  set("metrics", section_of(semantics, "metric"));
  set("groups", groups_in_manifest(project));
  set("selectors", selectors_in_manifest(project));
  set("disabled", with_disabled(nodes.disabled(), semantics));
  set("parent_map", edges_value(parents));
  set("child_map", edges_value(turned_around(parents)));
  set("group_map", group_map(project, semantics));
  set("saved_queries", section_of(semantics, "saved_query"));
  set("semantic_models", section_of(semantics, "semantic_model"));
  set("unit_tests", unit_tests_in_manifest(project, created_at));
  set("functions", Value(Dict()));
  return Value(std::move(manifest)).json();
}

}  // namespace gsa::dbt
