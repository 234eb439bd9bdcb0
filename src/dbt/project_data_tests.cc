// Reads the tests: generic ones, those of SQL files and unit tests.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/data_tests.h"
#include "dbt/generic_test_id.h"
#include "dbt/project_state.h"
#include "dbt/unit_test_given.h"
#include "dbt/unit_tests.h"
#include "dbt/unsupported.h"

namespace gsa::dbt {
namespace {

std::string sql_of(const Node& node) {
  return node.external.empty() ? to_sql(node.relation) : node.external;
}

}  // namespace

void Project::State::add_generic_tests() {
  std::map<std::string, std::size_t> targets;
  for (std::size_t i = 0; i < nodes.size(); ++i) targets.emplace(nodes[i].unique_id, i);
  for (const SourceSpec& spec : declared_.sources) {
    const auto found = targets.find(fmt::format("source.{}.{}", yml.name, source_node_name(spec)));
    if (found != targets.end()) add_tests_of(found->second, spec.table, spec.tags);
  }
  for (const ModelSpec& spec : declared_.seeds) {
    const auto found = targets.find(fmt::format("seed.{}.{}", yml.name, spec.name));
    if (found != targets.end()) add_tests_of(found->second, spec, {});
  }
  for (const ModelSpec& spec : declared_.models) {
    const auto found = targets.find(fmt::format("model.{}.{}", yml.name, spec.name));
    if (found != targets.end()) add_tests_of(found->second, spec, {});
  }
}

void Project::State::add_tests_of(std::size_t tested, const ModelSpec& spec,
                                  const std::vector<std::string>& tags) {
  for (const TestSpec& test : spec.tests) add_generic_test(tested, test, tags);
  for (const ColumnSpec& column : spec.columns) {
    std::vector<std::string> all = tags;
    all.insert(all.end(), column.tags.begin(), column.tags.end());
    for (const TestSpec& test : column.tests) add_generic_test(tested, test, all);
  }
}

void Project::State::add_generic_test(std::size_t tested, const TestSpec& spec,
                                      std::vector<std::string> tags) {
  Node node;
  node.kind = NodeKind::test;
  node.is_generic = true;
  node.tested = tested;
  node.spec = spec;
  node.description = spec.description;
  node.described_at = spec.described_at;
  const bool is_source = nodes[tested].kind == NodeKind::source;
  const std::string target_name =
      is_source ? replace_all(nodes[tested].name, ".", "_") : nodes[tested].name;
  node.name = generic_test_name(spec, target_name, is_source);
  node.short_name = short_test_name(spec, target_name, is_source);
  node.unique_id = fmt::format("test.{}.{}.{}", yml.name, node.name,
                               generic_test_hash(node.name, spec, nodes[tested]));
  node.file = spec.file;
  node.place = spec.place;
  // Like dbt: omits the first folder, whatever it is.
  node.fqn = fqn_of(spec.file, node.name, {spec.file.substr(0, spec.file.find('/'))});
  Settings given = test_tree_.for_node(node.fqn);
  node.tags = std::move(tags);

  Rendering rendering = reading(node.name, node.refs);
  for (const auto& [key, setting] : spec.settings.all()) {
    // A value of none counts as not set, so dbt_project.yml's value remains.
    Value value = context->render_yaml(setting.value, setting.place, &rendering);
    if (!value.is_none()) rendering.settings.set(key, std::move(value), setting.place);
  }
  const Settings in_yaml = rendering.settings;
  render_generic_test(*context, files, spec,
                      relation_value(nodes[tested].relation, sql_of(nodes[tested])), rendering);
  // Settings in the test's definition apply to all its uses; each use may override them.
  given.add(rendering.given);
  given.add(in_yaml);
  node.macros = std::move(rendering.macros);
  node.settings = std::move(given);
  add_test(std::move(node));
}

void Project::State::add_test(Node node) {
  refuse_own_materialization(node, "test");
  node.test = test_config(node.settings, files, warnings);
  for (const std::string& tag : node.test.tags) {
    if (std::find(node.tags.begin(), node.tags.end(), tag) == node.tags.end()) {
      node.tags.push_back(tag);
    }
  }
  if (!node.test.enabled) {
    disabled.push_back(std::move(node));
    return;
  }
  labeller_->label(node);
  if (node.test.stores_failures) {
    node.model.schema = node.test.schema;
    node.model.alias = node.test.alias.empty() ? node.short_name : node.test.alias;
    node.relation = naming_->relation_of(node);
  }
  nodes.push_back(std::move(node));
}

void Project::State::add_unit_tests() {
  std::map<std::string, std::size_t> tested;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].kind != NodeKind::model || nodes[i].is_seed()) continue;
    tested.emplace(nodes[i].name, i);
    names.push_back(nodes[i].name);
  }
  for (const UnitTestSpec& spec : declared_.unit_tests) {
    const auto& off = disabled_.models;
    const auto unsupported = disabled_.unsupported.find(spec.model);
    if (const auto found = tested.find(spec.model); found != tested.end()) {
      add_unit_test(found->second, spec);
    } else if (unsupported != disabled_.unsupported.end()) {
      warnings.push_back(
          fmt::format("{}: the unit test '{}' is not run: {}, which is not built "
                      "here; {}",
                      format_place(spec.place), spec.name, unsupported->second, kDbtHasIt));
    } else if (std::find(off.begin(), off.end(), spec.model) == off.end()) {
      throw files.error_at(
          spec.place,
          fmt::format("the unit test '{}' is for a model that does not exist: '{}'", spec.name,
                      spec.model),
          did_you_mean(spec.model, names));
    }
  }
}

void Project::State::add_unit_test(std::size_t tested, const UnitTestSpec& spec) {
  Node node = unit_test_node(spec, yml.name);
  refuse_own_materialization(node, "unit");
  node.tested = tested;
  node.settings = unit_test_tree_.for_node(node.fqn);
  for (const auto& [key, setting] : spec.settings.all()) {
    node.settings.set(key, context->render_yaml(setting.value, setting.place), setting.place);
  }
  node.test = unit_test_config(node.settings, files, warnings);
  node.tags = node.test.tags;
  if (!node.test.enabled) {
    disabled.push_back(std::move(node));
    return;
  }
  labeller_->label(node);
  warn_of_useless_overrides(spec, yml.name, *context, warnings);
  node.unit = std::make_shared<const UnitTest>(
      make_unit_test(spec, nodes[tested], nodes, *context, yml, files));
  nodes.push_back(std::move(node));
}

void Project::State::read_singular_tests() {
  std::map<std::string, const ModelSpec*> specs;
  for (const ModelSpec& spec : declared_.singular_tests) {
    const auto [at, fresh] = specs.emplace(spec.name, &spec);
    if (fresh) continue;
    throw files.error_at(spec.place, fmt::format("the test '{}' is described twice", spec.name),
                         "the other place is " + format_place(at->second->place));
  }
  for (const std::string& path : files.below(yml.test_paths, {".sql"})) {
    const bool is_other =
        std::any_of(yml.test_paths.begin(), yml.test_paths.end(), [&](const std::string& root) {
          return path.starts_with(root + "/generic/") || path.starts_with(root + "/fixtures/");
        });
    if (is_other) continue;
    Node node;
    node.kind = NodeKind::test;
    node.name = file_stem(path);
    node.unique_id = fmt::format("test.{}.{}", yml.name, node.name);
    node.file = path;
    node.place = {files.display(path), 1, 1};
    node.fqn = fqn_of(path, node.name, yml.test_paths);
    const auto spec = specs.find(node.name);
    if (!is_empty(node)) {
      node.settings = test_tree_.for_node(node.fqn);
      if (spec != specs.end()) add_settings(*spec->second, node);
      read_sql(node, path);
      add_test(std::move(node));
    }
    if (spec != specs.end()) specs.erase(spec);
  }
  for (const auto& [name, spec] : specs) {
    warnings.push_back(fmt::format("{}: there is no test '{}', so this is ignored",
                                   format_place(spec->place), name));
  }
}

// From here on, names identify tests: if two share a name, dbt's hashes tell them apart.
void Project::State::name_tests_apart() {
  std::map<std::string, std::set<std::string>> ids;
  for (const Node& node : nodes) {
    if (node.kind == NodeKind::test) ids[node.name].insert(node.unique_id);
  }
  const std::string prefix = fmt::format("test.{}.", yml.name);
  for (Node& node : nodes) {
    if (!node.is_generic || ids.at(node.name).size() == 1) continue;
    node.name = node.unique_id.substr(prefix.size());
  }
}

}  // namespace gsa::dbt
