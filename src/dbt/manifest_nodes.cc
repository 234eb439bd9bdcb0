#include "dbt/manifest_nodes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/compile.h"
#include "dbt/data_tests.h"
#include "dbt/manifest_columns.h"
#include "dbt/manifest_config.h"
#include "dbt/manifest_generic_tests.h"
#include "dbt/node_value.h"
#include "dbt/written_value.h"

namespace gsa::dbt {
namespace {

// Of a larger seed dbt takes the path for the sum.
constexpr std::size_t kLargestSummedSeed = std::size_t{1024} * 1024;

// A date or time of YAML as dbt writes times.
Value as_timestamp(const Value& written) {
  std::string text = written.str();
  constexpr std::size_t kDate = 10;
  if (text.size() < kDate) return {};
  if (text.size() == kDate) return Value(text + "T00:00:00+00:00");
  text[kDate] = 'T';
  return Value(text.find('+', kDate) == std::string::npos ? text + "+00:00" : text);
}

std::optional<Value> said(const ModelSpec* spec, std::string_view key) {
  return spec == nullptr ? std::nullopt : written_value(spec->written, key);
}

}  // namespace

NodesInManifest::NodesInManifest(const Project& project, const std::vector<Node>& analyses,
                                 const CompiledCode& compiled, double created_at)
    : project_(project), analyses_(analyses), compiled_(compiled), created_at_(created_at) {
  const Declarations& declared = project.declarations();
  for (const ModelSpec& spec : declared.models) written_.emplace("model." + spec.name, &spec);
  for (const ModelSpec& spec : declared.seeds) written_.emplace("seed." + spec.name, &spec);
  for (const ModelSpec& spec : declared.singular_tests)
    written_.emplace("test." + spec.name, &spec);
  for (const auto* nodes : {&project.nodes(), &project.disabled()}) {
    for (const Node& node : *nodes) {
      if (node.is_generic) tests_[tested(node).unique_id].push_back(&node);
    }
  }
}

Value NodesInManifest::nodes() const {
  Members members;
  for (const Node& each : project_.nodes()) {
    if (each.kind == NodeKind::source || each.is_unit_test()) continue;
    members.emplace_back(Value(each.unique_id), node(each));
  }
  for (const Node& each : analyses_) members.emplace_back(Value(each.unique_id), node(each));
  return Value(Dict(std::move(members)));
}

// dbt lists all of one id: files of one name may all be switched off.
Value NodesInManifest::disabled() const {
  std::map<std::string, std::map<std::string, Value>> by_id;
  for (const Node& each : project_.disabled()) {
    if (each.kind == NodeKind::source || each.is_unit_test()) continue;
    by_id[each.unique_id].emplace(each.file, node(each));
  }
  Members members;
  for (const auto& [id, by_file] : by_id) {
    List all;
    for (const auto& [file, value] : by_file) all.push_back(value);
    members.emplace_back(Value(id), Value(std::move(all)));
  }
  return Value(Dict(std::move(members)));
}

const ModelSpec* NodesInManifest::written(const Node& node) const {
  if (node.is_generic) return nullptr;
  const auto found = written_.find(resource_type(node) + "." + node.name);
  return found == written_.end() ? nullptr : found->second;
}

const Node& NodesInManifest::tested(const Node& test) const {
  return project_.nodes().at(test.tested);
}

Value NodesInManifest::node(const Node& node) const {
  const std::optional<Value> docs = said(written(node), "docs");
  Dict dict;
  write_head(node, dict);
  write_described(node, docs ? &*docs : nullptr, dict);
  if (node.is_seed()) {
    write_seed(dict);
    return Value(std::move(dict));
  }
  write_sql(node, dict);
  write_compiled(node, dict);
  if (node.kind == NodeKind::model && !is_analysis(node)) write_model(node, dict);
  if (node.is_generic) write_generic_test(node, dict);
  return Value(std::move(dict));
}

// Below the folder of its kind.
std::string NodesInManifest::path_of(const Node& node) const {
  if (node.is_generic) return node.short_name + ".sql";
  const ProjectYml& yml = project_.yml();
  if (is_analysis(node)) return "analysis/" + path_below(node.file, yml.analysis_paths);
  return path_below(node.file, node.is_seed()                 ? yml.seed_paths
                               : node.kind == NodeKind::model ? yml.model_paths
                                                              : yml.test_paths);
}

void NodesInManifest::write_head(const Node& node, Dict& dict) const {
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  set("database", Value(database_of(node, project_)));
  set("schema", Value(schema_of(node, project_)));
  set("name", Value(own_name(node)));
  set("resource_type", Value(resource_type(node)));
  set("package_name", Value(project_.name()));
  set("path", Value(path_of(node)));
  set("original_file_path", Value(node.file));
  set("unique_id", Value(node.unique_id));
  set("fqn", list_of_texts(node.fqn));
  set("alias", Value(alias_of(node)));
  if (node.is_generic) {
    Dict none;
    none.set(Value("name"), Value("none"));
    none.set(Value("checksum"), Value(""));
    return set("checksum", Value(std::move(none)));
  }
  const std::string text = project_.files().read(node.file);
  if (!node.is_seed() || text.size() <= kLargestSummedSeed) {
    return set("checksum", checksum_of(text));
  }
  Dict path;
  path.set(Value("name"), Value("path"));
  path.set(Value("checksum"), Value(node.file));
  set("checksum", Value(std::move(path)));
}

void NodesInManifest::write_described(const Node& node, const Value* docs, Dict& dict) const {
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  const ModelSpec* spec = written(node);
  const Dict config = config_in_manifest(node, docs);
  const Value* own_docs = config.find("docs");
  std::string group = node.group;
  if (group.empty() && node.is_generic && tested(node).kind != NodeKind::source) {
    group = tested(node).group;
  }
  if (const Setting* own = node.settings.find("group"); group.empty() && own != nullptr) {
    group = own->value.str();  // of what is switched off
  }
  set("config", Value(config));
  set("tags", list_of_texts(node.tags));
  set("description", Value(node.description));
  set("columns", columns_in_manifest(node, spec, project_.name()));
  set("meta", *config.find("meta"));
  set("group", text_or_null(group));
  set("docs", Value(docs_value(own_docs)));
  set("patch_path", spec == nullptr ? Value() : Value(project_.name() + "://" + spec->file));
  set("build_path", Value());
  set("unrendered_config", Value(unrendered_config(node, docs)));
  set("created_at", Value(created_at_));
  set("relation_name", relation_name_of(node, project_));
  const std::string* text = node.is_generic ? nullptr : project_.files().find(node.file);
  set("raw_code", Value(node.is_generic   ? generic_test_code(node, project_)
                        : text == nullptr ? std::string()
                                          : std::string(trim(*text))));
  set("doc_blocks",
      doc_blocks_in(spec == nullptr ? node.spec.description : spec->description, project_.name()));
}

void NodesInManifest::write_sql(const Node& node, Dict& dict) const {
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  set("language", Value("sql"));
  set("refs", refs_of(node, false));
  set("sources", refs_of(node, true));
  set("metrics", Value(List()));
  set("functions", Value(List()));
  set("depends_on", depends_on(node));
  set("contract", contract_in_manifest(node));
}

void NodesInManifest::write_compiled(const Node& node, Dict& dict) const {
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  set("compiled_path", Value());
  const auto found = compiled_.find(node.unique_id);
  if (found == compiled_.end()) return;
  set("compiled", Value(true));
  set("compiled_code", Value(found->second));
  set("extra_ctes_injected", Value(true));
  set("extra_ctes", extra_ctes(node));
}

void NodesInManifest::write_model(const Node& node, Dict& dict) const {
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  constexpr std::array kAccess = {"private", "protected", "public"};
  const ModelSpec* spec = written(node);
  const std::optional<Value> deprecated = said(spec, "deprecation_date");
  const auto tests = tests_.find(node.unique_id);
  set("access", Value(kAccess.at(static_cast<std::size_t>(node.model.access))));
  set("constraints", constraints_in_manifest(node));
  set("version", Value());
  set("latest_version", Value());
  set("deprecation_date", deprecated ? as_timestamp(*deprecated) : Value());
  set("primary_key", primary_key_in_manifest(
                         node, tests == tests_.end() ? std::vector<const Node*>() : tests->second));
  set("time_spine", time_spine_in_manifest(said(spec, "time_spine")));
}

void NodesInManifest::write_seed(Dict& dict) const {
  const std::string root = project_.files().path_of("dbt_project.yml").parent_path().string();
  dict.set(Value("root_path"), text_or_null(root));
  Dict depends;
  depends.set(Value("macros"), Value(List()));
  dict.set(Value("depends_on"), Value(std::move(depends)));
}

void NodesInManifest::write_generic_test(const Node& node, Dict& dict) const {
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  const Node& of = tested(node);
  const bool is_source = of.kind == NodeKind::source;
  set("column_name", text_or_null(column_sql(node.spec)));
  set("file_key_name", Value(is_source ? "sources." + of.fqn.at(of.fqn.size() - 2)
                                       : resource_type(of) + "s." + of.name));
  set("attached_node", is_source ? Value() : Value(of.unique_id));
  set("test_metadata", generic_test_metadata(node, tested(node)));
}

// ref() and source() calls, as often as they are made; of a generic test with that of what it
// tests.
Value NodesInManifest::refs_of(const Node& node, bool sources) const {
  std::vector<Dependency> calls = node.refs;
  if (node.is_generic) {
    const Node& of = tested(node);
    const bool is_source = of.kind == NodeKind::source;
    calls.push_back({is_source, is_source ? of.fqn.at(of.fqn.size() - 2) : "",
                     is_source ? of.fqn.back() : of.name, node.place});
  }
  List list;
  for (const Dependency& call : calls) {
    if (call.is_source != sources) continue;
    list.push_back(sources ? list_of_texts({call.package, call.name}) : ref_value(call));
  }
  return Value(std::move(list));
}

Value NodesInManifest::depends_on(const Node& node) const {
  std::vector<std::string> macros = node.macros;
  if (node.is_generic) {
    constexpr const char* kWhere = "macro.dbt.get_where_subquery";
    if (std::find(macros.begin(), macros.end(), kWhere) == macros.end())
      macros.emplace_back(kWhere);
  }
  List nodes;
  for (const std::size_t index : node.depends_on) {
    nodes.emplace_back(project_.nodes()[index].unique_id);
  }
  Dict depends;
  depends.set(Value("macros"), list_of_texts(macros));
  depends.set(Value("nodes"), Value(std::move(nodes)));
  return Value(std::move(depends));
}

void NodesInManifest::add_ephemeral(const Node& node, std::vector<const Node*>& found) const {
  for (const std::size_t index : node.depends_on) {
    const Node& input = project_.nodes()[index];
    const bool is_ephemeral =
        input.kind == NodeKind::model && input.model.materialized == Materialization::ephemeral;
    if (!is_ephemeral || std::find(found.begin(), found.end(), &input) != found.end()) continue;
    add_ephemeral(input, found);
    found.push_back(&input);
  }
}

// The ephemeral models whose SQL stands in front of the node's.
Value NodesInManifest::extra_ctes(const Node& node) const {
  std::vector<const Node*> found;
  add_ephemeral(node, found);
  List list;
  for (const Node* model : found) {
    const auto code = compiled_.find(model->unique_id);
    if (code == compiled_.end()) continue;
    Dict cte;
    cte.set(Value("id"), Value(model->unique_id));
    cte.set(Value("sql"),
            Value(fmt::format(" {} as (\n{}\n)", cte_name(model->name), code->second)));
    list.emplace_back(std::move(cte));
  }
  return Value(std::move(list));
}

}  // namespace gsa::dbt
