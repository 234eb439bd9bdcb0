#include "pipeline/asset_catalog.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "dbt/compile.h"
#include "dbt/contract.h"
#include "dbt/materialize.h"
#include "dbt/node_graph.h"
#include "dbt/sql_tokens.h"
#include "pipeline/month_parts.h"
#include "pipeline/raw_assets.h"
#include "pipeline/word_types.h"

namespace gsa::pipeline {
namespace {

assets::AssetKind kind_of(dbt::Materialization materialized) {
  switch (materialized) {
    case dbt::Materialization::view:
      return assets::AssetKind::view;
    case dbt::Materialization::table:
      return assets::AssetKind::table;
    case dbt::Materialization::incremental:
      return assets::AssetKind::incremental;
    case dbt::Materialization::seed:
      return assets::AssetKind::table;
    case dbt::Materialization::ephemeral:
      return assets::AssetKind::ephemeral;
  }
  return assets::AssetKind::table;
}

// A source that is one of gsa's raw tables has that table's name.
std::string asset_name(const dbt::Node& node) {
  if (node.kind == dbt::NodeKind::source && node.relation.database.empty() &&
      node.relation.schema == "main" && is_raw_table(node.relation.name)) {
    return node.relation.name;
  }
  return node.name;
}

class CatalogBuilder {
 public:
  // `months` are for models that are built by month.
  CatalogBuilder(const dbt::Project& project, OutsideVersions& outside,
                 std::vector<std::string> months, remote::Target* there)
      : project_(project),
        outside_(outside),
        months_(std::move(months)),
        full_(project, refresh()),
        added_(project, adding()),
        there_(there) {}

  assets::Asset asset_of(const dbt::Node& node) {
    assets::Asset asset;
    asset.name = asset_name(node);
    asset.kind = node.kind == dbt::NodeKind::source ? assets::AssetKind::source
                                                    : kind_of(node.model.materialized);
    describe(node, asset);
    if (asset.kind != assets::AssetKind::ephemeral && node.external.empty()) {
      asset.schema = node.relation.schema;
      asset.relation = node.relation.name;
    }
    for (const std::size_t parent : node.depends_on) {
      asset.inputs.push_back(asset_name(project_.nodes()[parent]));
    }
    if (node.kind == dbt::NodeKind::model) asset.code = code_of(node);
    if (const auto& by = node.incremental_by) {
      asset.key = by->field;
      if (const auto& of = by->groups) {
        asset.groups = assets::KeyGroups{of->field, of->of, of->time, of->key, of->minutes};
      }
    }
    if (node.partition_by && !months_.empty()) {
      asset.partitions = months_;
      asset.code["partition by"] = node.partition_by->field;
    }
    return asset;
  }

  static void describe(const dbt::Node& node, assets::Asset& asset) {
    asset.description = node.description;
    if (!node.group.empty()) {
      asset.group = node.group;
    } else if (asset.group.empty() && node.fqn.size() > 2) {
      asset.group = node.fqn[1];
    }
    asset.owner = node.owner;
    asset.tags = node.tags;
    asset.file = node.file;
    for (const dbt::ColumnSpec& column : node.columns) {
      asset.columns.push_back({column.name, column.description});
    }
  }

  assets::Check check_of(const dbt::Node& node, const assets::Graph& graph,
                         const std::vector<std::size_t>& guards) {
    if (node.is_unit_test()) return unit_check_of(node, graph, guards);
    assets::Check check;
    check.name = node.name;
    check.kind = "data test";
    check.blocks = node.test.severity == dbt::Severity::error;
    std::set<std::size_t> inputs;
    for (const std::size_t parent : node.depends_on) add_made(graph, parent, inputs);
    for (const std::size_t input : inputs) check.inputs.push_back(graph[input].name);
    check.asset = belongs_to(node, graph, inputs);
    check.always = inputs.empty();  // its inputs are unknown
    check.code = {{"severity", check.blocks ? "error" : "warn"},
                  {"warn_if", node.test.warn_if},
                  {"error_if", node.test.error_if},
                  {"fail_calc", node.test.fail_calc}};
    add_sql(node, "sql", full_, check.code);
    if (node.test.limit) check.code["limit"] = fmt::format("{}", *node.test.limit);
    add_guards(guards, check);
    return check;
  }

 private:
  // Runs after the inputs of the model are built, because it takes their columns, and before the
  // model.
  assets::Check unit_check_of(const dbt::Node& node, const assets::Graph& graph,
                              const std::vector<std::size_t>& guards) {
    const dbt::Node& tested = project_.nodes()[node.tested];
    assets::Check check;
    check.name = node.name;
    check.kind = "unit test";
    check.asset = asset_name(tested);
    check.judges_inputs = false;
    std::set<std::size_t> inputs;
    for (const std::size_t parent : tested.depends_on) add_made(graph, parent, inputs);
    for (const std::size_t input : inputs) check.inputs.push_back(graph[input].name);
    add_sql(node, "sql", full_, check.code);
    add_guards(guards, check);
    return check;
  }

  void add_guards(const std::vector<std::size_t>& guards, assets::Check& check) const {
    for (const std::size_t guarded : guards) {
      check.guards.push_back(asset_name(project_.nodes()[guarded]));
    }
  }

  static dbt::CompileOptions refresh() {
    dbt::CompileOptions options;
    options.full_refresh = true;
    return options;
  }
  static dbt::CompileOptions adding() {
    dbt::CompileOptions options;
    options.exists_as_table = [](const dbt::Relation&) { return true; };
    return options;
  }

  // A model that does not compile is never fresh; building it reports the error.
  std::string sql_of(const dbt::Node& node, dbt::Compiler& compiler) {
    try {
      return dbt::normalized_sql(compiler.compile(node).text());
    } catch (const dbt::AsksDatabase&) {
      return kAsks;
    } catch (const Error& error) {
      return "cannot be compiled: " + error.message();
    }
  }

  std::string sql_there(const dbt::Node& node) {
    try {
      return dbt::normalized_sql(there_->code_of(node));
    } catch (const Error& error) {
      return "cannot be compiled: " + error.message();
    }
  }

  // Adds the SQL and the things it reads. SQL that queries the database while it compiles may read
  // anything.
  void add_sql(const dbt::Node& node, const std::string& part, dbt::Compiler& compiler,
               assets::Code& code) {
    code[part] = sql_of(node, compiler);
    if (there_ != nullptr && !node.is_unit_test()) code["SQL on Trino"] = sql_there(node);
    if (code[part] == kAsks) {
      outside_.add_unseen("answers of the database", code);
    } else {
      outside_.add(node, code[part], code);
    }
  }

  assets::Code code_of(const dbt::Node& node) {
    assets::Code code = {{"materialization", dbt::to_string(node.model.materialized)},
                         {"relation", dbt::to_sql(node.relation)}};
    if (node.is_seed()) {
      add_seed(node, code);
    } else {
      add_sql(node, "sql", full_, code);
    }
    if (node.model.materialized == dbt::Materialization::incremental) {
      add_sql(node, "incremental SQL", added_, code);
      code["unique key"] = join(node.model.unique_key, ", ");
      add_strategy(node.model, code);
    }
    if (node.model.has_contract) {
      code["contract"] = dbt::contract_columns(node, project_.files());
    }
    std::vector<std::string> columns;
    for (const dbt::ColumnSpec& column : node.columns) columns.push_back(column.name);
    const std::string comments =
        join(dbt::comments_on(node, dbt::to_sql(node.relation), false, columns), "; ");
    if (!comments.empty()) code["comments"] = comments;
    return code;
  }

  void add_seed(const dbt::Node& node, assets::Code& code) const {
    const dbt::SeedConfig& config = node.model.seed;
    code["file"] = fmt::format("{:016x}", stable_hash(project_.files().read(node.file)));
    std::vector<std::string> types;
    for (const auto& [column, type] : config.column_types) types.push_back(column + " " + type);
    code["column types"] = join(types, ", ");
    code["delimiter"] = std::string(1, config.delimiter);
    code["quoting of columns"] = config.quote_columns ? "yes" : "no";
  }

  // Adds only settings that differ from the default, so that the code of existing models stays the
  // same.
  static void add_strategy(const dbt::ModelConfig& model, assets::Code& code) {
    if (model.strategy == dbt::IncrementalStrategy::append) code["strategy"] = "append";
    if (model.strategy == dbt::IncrementalStrategy::merge) {
      code["strategy"] =
          fmt::format("merge of {} without {}", join(model.merge_update_columns, ", "),
                      join(model.merge_exclude_columns, ", "));
    }
  }

  void add_made(const assets::Graph& graph, std::size_t node, std::set<std::size_t>& inputs) const {
    const std::size_t index = graph.at(asset_name(project_.nodes()[node]));
    if (graph[index].kind != assets::AssetKind::ephemeral) {
      inputs.insert(index);
      return;
    }
    const std::vector<std::size_t>& made = graph.made_inputs(index);
    inputs.insert(made.begin(), made.end());
  }

  // The asset under test; of a query on several, the last in the graph's order.
  std::string belongs_to(const dbt::Node& node, const assets::Graph& graph,
                         const std::set<std::size_t>& inputs) const {
    if (node.is_generic) return asset_name(project_.nodes()[node.tested]);
    std::string last;
    for (const std::size_t index : graph.order()) {
      if (inputs.contains(index)) last = graph[index].name;
    }
    return last;
  }

  static constexpr const char* kAsks = "asks the database";
  const dbt::Project& project_;
  OutsideVersions& outside_;
  std::vector<std::string> months_;
  dbt::Compiler full_, added_;
  remote::Target* there_;
};

// On a source it only warns, because `dbt build` continues whatever the age of its sources.
assets::Check freshness_check(const std::string& name, const std::string& asset,
                              const dbt::Node& node) {
  const dbt::Freshness freshness = node.freshness.value_or(dbt::Freshness{});
  assets::Check check;
  check.name = name;
  check.asset = asset;
  check.inputs = {asset};
  check.kind = "freshness";
  check.blocks = freshness.error_after.has_value() && node.kind != dbt::NodeKind::source;
  check.always = true;
  check.code = {{"filter", freshness.filter}, {"loaded_at_field", freshness.loaded_at_field}};
  if (freshness.warn_after) check.code["warn_after"] = to_string(*freshness.warn_after);
  if (freshness.error_after) check.code["error_after"] = to_string(*freshness.error_after);
  return check;
}

// The months that have generations.
std::vector<std::string> months_of(const std::vector<assets::Asset>& raw) {
  for (const assets::Asset& asset : raw) {
    if (asset.name == "raw_generations") return months_between(asset.partitions);
  }
  return {};
}

}  // namespace

namespace {

// A contract may name the types of words, which are known when both raw tables are made.
void put_after_words(const dbt::Project& project, const Catalog& catalog,
                     std::vector<assets::Asset>& all) {
  const assets::Graph graph(all);
  const auto users = graph.find("raw_users"), generations = graph.find("raw_generations");
  if (!users || !generations) return;
  for (assets::Asset& asset : all) {
    const auto model = catalog.models.find(asset.name);
    if (model == catalog.models.end()) continue;
    const dbt::Node& node = project.nodes()[model->second];
    const bool names_words =
        node.model.has_contract &&
        std::any_of(node.columns.begin(), node.columns.end(),
                    [](const dbt::ColumnSpec& column) { return is_word_type(column.data_type); });
    if (!names_words) continue;
    const assets::AssetSet before = graph.ancestors({graph.at(asset.name)});
    for (const std::size_t raw : {*users, *generations}) {
      if (!before.contains(raw)) asset.inputs.push_back(graph[raw].name);
    }
  }
}

}  // namespace

Catalog make_catalog(const dbt::Project& project, std::vector<assets::Asset> raw,
                     OutsideVersions outside, remote::Target* there,
                     std::vector<assets::Asset> exports) {
  CatalogBuilder builder(project, outside, months_of(raw), there);
  std::vector<assets::Asset> all = std::move(raw);
  const std::size_t raw_count = all.size();
  Catalog catalog;
  const std::vector<dbt::Node>& nodes = project.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const dbt::Node& node = nodes[i];
    if (node.kind == dbt::NodeKind::test) {
      catalog.tests[node.name] = i;
      continue;
    }
    if (node.freshness) catalog.freshness["freshness_of_" + asset_name(node)] = i;
    const std::string name = asset_name(node);
    const auto end_of_raw = all.begin() + static_cast<std::ptrdiff_t>(raw_count);
    const auto own = std::find_if(all.begin(), end_of_raw,
                                  [&](const assets::Asset& asset) { return asset.name == name; });
    if (node.kind == dbt::NodeKind::source && own != end_of_raw) {
      CatalogBuilder::describe(node, *own);
      continue;
    }
    if (node.kind == dbt::NodeKind::model) catalog.models[name] = i;
    all.push_back(builder.asset_of(node));
  }
  std::move(exports.begin(), exports.end(), std::back_inserter(all));
  put_after_words(project, catalog, all);
  catalog.graph = assets::Graph(std::move(all));
  const std::vector<std::vector<std::size_t>> guards = dbt::guarded_models(nodes);
  for (const auto& [name, index] : catalog.tests) {
    catalog.checks.push_back(builder.check_of(nodes[index], catalog.graph, guards[index]));
  }
  for (const auto& [name, index] : catalog.freshness) {
    catalog.checks.push_back(freshness_check(name, asset_name(nodes[index]), nodes[index]));
  }
  return catalog;
}

void leave_out_built_in_unit_tests(Catalog& catalog, const dbt::Project& project) {
  const bool is_built_in = project.files().path_of("dbt_project.yml").empty();
  if (!is_built_in) return;
  std::erase_if(catalog.checks,
                [](const assets::Check& check) { return check.kind == "unit test"; });
}

std::string to_string(const dbt::AgeLimit& limit) {
  const char* period = limit.period == dbt::Period::minute ? "minute"
                       : limit.period == dbt::Period::hour ? "hour"
                                                           : "day";
  return fmt::format("{} {}{}", limit.count, period, limit.count == 1 ? "" : "s");
}

dbt::NodeSet nodes_of(const dbt::Project& project, const std::set<std::string>& names) {
  dbt::NodeSet found;
  for (std::size_t i = 0; i < project.nodes().size(); ++i) {
    const dbt::Node& node = project.nodes()[i];
    if (node.kind != dbt::NodeKind::test && names.contains(asset_name(node))) found.insert(i);
  }
  return found;
}

std::set<std::string> assets_of(const dbt::Project& project, const dbt::NodeSet& nodes) {
  std::set<std::string> names;
  for (const std::size_t index : nodes) {
    const dbt::Node& node = project.nodes()[index];
    if (node.kind != dbt::NodeKind::test) names.insert(asset_name(node));
  }
  return names;
}

}  // namespace gsa::pipeline
