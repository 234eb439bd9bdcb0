#include "dbt/project.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/data_tests.h"
#include "dbt/external_location.h"
#include "dbt/generic_test_id.h"
#include "dbt/labels.h"
#include "dbt/macro_overrides.h"
#include "dbt/node_graph.h"
#include "dbt/packages.h"
#include "dbt/profile.h"
#include "dbt/relation_naming.h"
#include "dbt/unit_test_given.h"
#include "dbt/unit_tests.h"
#include "dbt/unsupported.h"
#include "dbt/useless_settings.h"

namespace gsa::dbt {

struct Project::State {
  State(ProjectFiles project_files, const LoadOptions& options)
      : files(std::move(project_files)),
        target(options.target),
        yml(read_project_yml(files, warnings)) {
    override_vars(yml, options.vars);
    if (!yml.profile.empty()) target.profile = yml.profile;
    context = std::make_unique<Context>(yml, target, options.environment);
    read_profile(files, *context, options.target_name, target, warnings, options.environment,
                 options.folder);
    context = std::make_unique<Context>(yml, target, options.environment);
    naming_ = std::make_unique<RelationNaming>(*context, yml, target, files);
  }

  ProjectFiles files;
  Target target;
  std::vector<std::string> warnings;
  ProjectYml yml;
  std::unique_ptr<Context> context;
  std::vector<Node> nodes;
  std::vector<Node> disabled;
  std::vector<Exposure> exposures;
  DocsBlocks docs;
  std::map<std::string, std::size_t, std::less<>> models;

  // Steps of loading:
  void read_macros();
  void refuse_overrides();
  void read_declarations();
  void read_trees();
  void read_models();
  void read_seeds();
  void warn_of_useless_settings();
  void add_sources();
  void add_generic_tests();
  void add_unit_tests();
  void read_singular_tests();
  void name_tests_apart();
  void sort_nodes();
  void read_exposures();
  void read_semantic_models();
  void render_descriptions();
  Node analysis_at(const std::string& path);

 private:
  // A rendering that only records the refs and the configuration of a template.
  Rendering reading(const std::string& name, std::vector<Dependency>& refs) const;
  void read_models_named(const std::string& name, const std::vector<std::string>& paths,
                         const ModelSpec* spec);
  std::optional<Node> model_at(const std::string& path, const ModelSpec* spec);
  void refuse_own_materialization(const Node& node, const std::string& materialized) const;
  std::vector<std::string> macro_folders() const;
  std::vector<std::string> source_folders() const;
  bool is_empty(const Node& node);
  void add_seed(const std::string& path, const ModelSpec* spec);
  void read_sql(Node& node, const std::string& path);
  void add_tests_of(std::size_t tested, const ModelSpec& spec,
                    const std::vector<std::string>& tags);
  void add_settings(const ModelSpec& spec, Node& node);
  void add_generic_test(std::size_t tested, const TestSpec& spec, std::vector<std::string> tags);
  void add_unit_test(std::size_t tested, const UnitTestSpec& spec);
  void add_test(Node node);
  std::vector<std::string> fqn_of(const std::string& path, const std::string& name,
                                  const std::vector<std::string>& roots) const;

  Declarations declared_;
  ConfigTree model_tree_;
  ConfigTree seed_tree_;
  ConfigTree source_tree_;
  ConfigTree test_tree_;
  ConfigTree unit_test_tree_;
  std::unique_ptr<Labeller> labeller_;
  std::unique_ptr<RelationNaming> naming_;
  Disabled disabled_;
  friend class Project;
};

namespace {

// "models/marts/fct.sql" -> "fct"
std::string stem(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  return file.substr(0, file.rfind('.'));
}

std::string sql_of(const Node& node) {
  return node.external.empty() ? to_sql(node.relation) : node.external;
}

std::string source_name(const SourceSpec& spec) { return spec.source + "." + spec.table.name; }

}  // namespace

Rendering Project::State::reading(const std::string& name, std::vector<Dependency>& refs) const {
  Rendering rendering;
  rendering.name = name;
  rendering.self = {target.database, target.schema, name};
  rendering.ref = [&refs](const std::string& package, const std::string& model,
                          const Place& place) {
    refs.push_back({false, package, model, place});
    return relation_value({"", "", model}, model);
  };
  rendering.source = [&refs](const std::string& source, const std::string& table,
                             const Place& place) {
    refs.push_back({true, source, table, place});
    return relation_value({"", source, table}, source + "." + table);
  };
  return rendering;
}

// The parts of a node's position: the project, the folders below the root, its name.
std::vector<std::string> Project::State::fqn_of(const std::string& path, const std::string& name,
                                                const std::vector<std::string>& roots) const {
  std::string inner = path;
  for (const std::string& root : roots) {
    if (path.starts_with(root + "/")) inner = path.substr(root.size() + 1);
  }
  std::vector<std::string> fqn = split(inner, '/');
  fqn.back() = name;
  fqn.insert(fqn.begin(), yml.name);
  return fqn;
}

std::vector<std::string> Project::State::macro_folders() const {
  std::vector<std::string> folders = yml.macro_paths;
  for (const std::string& path : yml.test_paths) folders.push_back(path + "/generic");
  return folders;
}

void Project::State::read_macros() {
  add_packages(files, *context, warnings);
  for (const std::string& path : files.below(macro_folders(), {".sql"})) {
    const std::string shown = files.display(path);
    context->add_macros(Template::parse(*files.find(path), shown), path, shown);
  }
  context->finish_macros();
}

void Project::State::refuse_overrides() {
  refuse_macro_overrides(context->macro_files(), files.below(macro_folders(), {".sql"}), files,
                         !declared_.unit_tests.empty());
}

std::vector<std::string> Project::State::source_folders() const {
  std::vector<std::string> folders = yml.model_paths;
  for (const auto* more : {&yml.macro_paths, &yml.test_paths, &yml.analysis_paths, &yml.seed_paths,
                           &yml.snapshot_paths}) {
    folders.insert(folders.end(), more->begin(), more->end());
  }
  return folders;
}

// Any folder of the project may contain descriptions, of any kind.
void Project::State::read_declarations() {
  for (const std::string& path : files.below(source_folders(), {".yml", ".yaml"})) {
    read_schema_yml(files, path, declared_, warnings);
  }
  labeller_ = std::make_unique<Labeller>(declared_.groups, files);
  for (const MacroSpec& macro : declared_.macros) {
    if (context->find_macro(macro.name) != nullptr) continue;
    warnings.push_back(fmt::format("{}: there is no macro '{}', so this is ignored",
                                   format_place(macro.place), macro.name));
  }
}

void Project::State::read_trees() {
  const RenderValue render = [this](const Value& value, const Place& place) {
    return context->render_yaml(value, place);
  };
  if (yml.models) model_tree_.add(*yml.models, render);
  if (yml.seeds) seed_tree_.add(*yml.seeds, render);
  if (yml.sources) source_tree_.add(*yml.sources, render);
  for (const Yaml& tests : yml.tests) test_tree_.add(tests, render);
  if (yml.unit_tests) unit_test_tree_.add(*yml.unit_tests, render);
}

void Project::State::read_models() {
  std::map<std::string, const ModelSpec*> specs;
  for (const ModelSpec& spec : declared_.models) {
    const auto [at, fresh] = specs.emplace(spec.name, &spec);
    if (!fresh) {
      throw files.error_at(spec.place, fmt::format("the model '{}' is described twice", spec.name),
                           "the other place is " + format_place(at->second->place));
    }
  }
  std::map<std::string, std::vector<std::string>> paths;  // of each model name
  std::vector<std::string> names;
  for (const std::string& path : files.below(yml.model_paths, {".sql"})) {
    std::vector<std::string>& same = paths[stem(path)];
    if (same.empty()) names.push_back(stem(path));
    same.push_back(path);
  }
  for (const auto& [name, same] : paths) {
    const auto spec = specs.find(name);
    read_models_named(name, same, spec == specs.end() ? nullptr : spec->second);
  }
  for (const auto& [name, spec] : specs) {
    if (paths.contains(name)) continue;
    const std::string hint = did_you_mean(name, names);
    warnings.push_back(fmt::format("{}: there is no model '{}', so this is ignored{}{}",
                                   format_place(spec->place), name, hint.empty() ? "" : ": ",
                                   hint));
  }
}

// Of several files with one name, one may be enabled. As in dbt, the YAML for that name then
// applies to the enabled one; if all of them are disabled on their own, it applies to each.
void Project::State::read_models_named(const std::string& name,
                                       const std::vector<std::string>& paths,
                                       const ModelSpec* spec) {
  std::vector<std::string> on;
  if (paths.size() > 1) {
    for (const std::string& path : paths) {
      std::vector<std::string> ignored;
      ignored.swap(warnings);
      if (model_at(path, nullptr)) on.push_back(path);
      ignored.swap(warnings);
    }
  }
  std::vector<Node> found;
  for (const std::string& path : on.empty() ? paths : on) {
    if (std::optional<Node> node = model_at(path, spec)) found.push_back(std::move(*node));
  }
  if (found.size() > 1) {
    throw Error(fmt::format("two models are named '{}': {} and {}", name, found[0].place.file,
                            found[1].place.file),
                "rename one of the files; config(alias = …) can keep its table's name");
  }
  if (found.empty()) {
    disabled_.models.push_back(name);
    return;
  }
  Node& node = found[0];
  labeller_->label(node);
  node.relation = naming_->relation_of(node);
  nodes.push_back(std::move(node));
}

// Parses the SQL, and renders it once to collect its refs and its config() settings.
void Project::State::read_sql(Node& node, const std::string& path) {
  node.sql_template =
      std::make_shared<const Template>(Template::parse(*files.find(path), node.place.file));
  Rendering rendering = reading(node.name, node.refs);
  rendering.node = &node;
  rendering.settings = node.settings;
  context->render(*node.sql_template, rendering);
  for (const TemplateMessage& said : rendering.messages) {
    const bool known = std::find(warnings.begin(), warnings.end(), said.text) != warnings.end();
    if (said.is_warning && !known) warnings.push_back(said.text);
  }
  node.settings.add(rendering.given);
  node.macros = std::move(rendering.macros);
  node.asks_is_incremental = rendering.asked_is_incremental;
}

// Adds what the YAML beside the models says about a model or source.
void Project::State::add_settings(const ModelSpec& spec, Node& node) {
  node.description = spec.description;
  node.described_at = spec.described_at;
  node.described_in = spec.file;
  node.columns = spec.columns;
  node.constraints = spec.constraints;
  for (ColumnSpec& column : node.columns) {
    column.meta = context->render_yaml(Value(column.meta), column.place).as_dict();
  }
  for (const auto& [key, setting] : spec.settings.all()) {
    node.settings.set(key, context->render_yaml(setting.value, setting.place), setting.place);
  }
}

// Null if the model is disabled or its file is empty.
std::optional<Node> Project::State::model_at(const std::string& path, const ModelSpec* spec) {
  Node node;
  node.kind = NodeKind::model;
  node.name = stem(path);
  node.unique_id = fmt::format("model.{}.{}", yml.name, node.name);
  node.fqn = fqn_of(path, node.name, yml.model_paths);
  node.file = path;
  node.place = {files.display(path), 1, 1};
  if (is_empty(node)) return std::nullopt;
  node.settings = model_tree_.for_node(node.fqn);
  if (spec != nullptr) add_settings(*spec, node);
  read_sql(node, path);
  const Setting* materialized = node.settings.find("materialized");
  refuse_own_materialization(node, materialized == nullptr ? "view" : materialized->value.str());
  node.model = model_config(node.settings, files, warnings);
  node.tags = node.model.tags;
  if (!node.model.enabled) {
    disabled.push_back(std::move(node));
    return std::nullopt;
  }
  return node;
}

// An empty file makes no node, as in dbt.
bool Project::State::is_empty(const Node& node) {
  if (!trim(*files.find(node.file)).empty()) return false;
  warnings.push_back(fmt::format("{}: the file is empty, so there is no {} '{}'", node.place.file,
                                 node.kind == NodeKind::test ? "test" : "model", node.name));
  return true;
}

// A project's own {% materialization %} block also overrides dbt's of the same name.
void Project::State::refuse_own_materialization(const Node& node,
                                                const std::string& materialized) const {
  const auto& own = context->materializations();
  const auto found = own.find(materialized);
  if (found == own.end()) return;
  const Setting* setting = node.settings.find("materialized");
  throw files.error_at(setting == nullptr ? node.place : setting->place,
                       fmt::format("'{}' uses the materialization '{}' of {}, but a project's own "
                                   "materializations are not supported",
                                   node.name, materialized, format_place(found->second)),
                       "dbt build of dbt-core supports it");
}

void Project::State::read_seeds() {
  std::map<std::string, std::string> taken;  // names in use, with their files
  for (const Node& node : nodes) taken.emplace(node.name, node.place.file);
  std::map<std::string, const ModelSpec*> specs;
  for (const ModelSpec& spec : declared_.seeds) specs.emplace(spec.name, &spec);
  for (const std::string& path : files.below(yml.seed_paths, {".csv"})) {
    const auto [at, fresh] = taken.emplace(stem(path), files.display(path));
    if (!fresh) {
      throw Error(fmt::format("two models or seeds are named '{}': {} and {}", at->first,
                              at->second, files.display(path)),
                  "rename one of the files; alias: can keep its table's name");
    }
    const auto spec = specs.find(stem(path));
    add_seed(path, spec == specs.end() ? nullptr : spec->second);
  }
}

void Project::State::add_seed(const std::string& path, const ModelSpec* spec) {
  Node node;
  node.name = stem(path);
  node.unique_id = fmt::format("seed.{}.{}", yml.name, node.name);
  node.fqn = fqn_of(path, node.name, yml.seed_paths);
  node.file = path;
  node.place = {files.display(path), 1, 1};
  node.settings = seed_tree_.for_node(node.fqn);
  if (spec != nullptr) add_settings(*spec, node);
  node.model = seed_config(node.settings, files, warnings);
  node.tags = node.model.tags;
  if (!node.model.enabled) {
    disabled_.models.push_back(node.name);
    disabled.push_back(std::move(node));
    return;
  }
  labeller_->label(node);
  node.relation = naming_->relation_of(node);
  nodes.push_back(std::move(node));
}

void Project::State::add_sources() {
  std::map<std::string, Place> seen;
  for (const SourceSpec& spec : declared_.sources) {
    Node node;
    node.kind = NodeKind::source;
    node.name = source_name(spec);
    node.unique_id = fmt::format("source.{}.{}", yml.name, node.name);
    node.file = spec.table.file;
    node.place = spec.table.place;
    if (const auto [at, fresh] = seen.emplace(node.name, node.place); !fresh) {
      throw files.error_at(node.place, fmt::format("the source '{}' is declared twice", node.name),
                           "the other place is " + format_place(at->second));
    }
    node.fqn = fqn_of(node.file, spec.source, yml.model_paths);
    node.fqn.push_back(spec.table.name);
    node.settings = source_tree_.for_node(node.fqn);
    const Setting* tree_freshness = node.settings.find("freshness");
    std::vector<Setting> freshness = spec.freshness;
    if (freshness.empty() && tree_freshness != nullptr) freshness = {*tree_freshness};
    for (Setting& layer : freshness) layer.value = context->render_yaml(layer.value, layer.place);
    add_settings(spec.table, node);
    const ModelConfig config = model_config(node.settings, files, warnings);
    if (!config.enabled) {
      disabled_.sources.push_back(node.name);
      disabled.push_back(std::move(node));
      continue;
    }
    node.tags = config.tags;
    labeller_->label(node, freshness);
    const auto rendered = [&](const std::string& text) {
      return context->render_yaml(Value(text), node.place).str();
    };
    // Another database makes the source fail when it is read, unless DuckDB has attached it.
    const std::string database = rendered(spec.database);
    const bool is_own = to_lower(database) == to_lower(target.database);
    node.relation = {is_own ? "" : database, rendered(spec.schema), rendered(spec.identifier)};
    node.external = external_location(node, files);
    nodes.push_back(std::move(node));
  }
}

void Project::State::add_generic_tests() {
  std::map<std::string, std::size_t> targets;
  for (std::size_t i = 0; i < nodes.size(); ++i) targets.emplace(nodes[i].unique_id, i);
  for (const SourceSpec& spec : declared_.sources) {
    const auto found = targets.find(fmt::format("source.{}.{}", yml.name, source_name(spec)));
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
    node.name = stem(path);
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

// Sorts the nodes, refuses two identical tests, and renumbers the indices.
void Project::State::sort_nodes() {
  std::vector<std::size_t> order(nodes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(nodes[a].kind, nodes[a].name, nodes[a].unique_id) <
           std::tie(nodes[b].kind, nodes[b].name, nodes[b].unique_id);
  });
  std::vector<Node> sorted;
  std::vector<std::size_t> moved(nodes.size());
  for (const std::size_t from : order) {
    moved[from] = sorted.size();
    if (!sorted.empty() && sorted.back().unique_id == nodes[from].unique_id) {
      throw files.error_at(nodes[from].place,
                           fmt::format("the test '{}' is defined twice", nodes[from].name),
                           fmt::format("the other place is {}; give one of them a name: of its own",
                                       format_place(sorted.back().place)));
    }
    sorted.push_back(std::move(nodes[from]));
  }
  nodes = std::move(sorted);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].is_generic || nodes[i].is_unit_test()) nodes[i].tested = moved[nodes[i].tested];
    if (nodes[i].kind == NodeKind::model) models.emplace(nodes[i].name, i);
  }
  for (Node& node : disabled) {
    if (node.is_generic) node.tested = moved[node.tested];
  }
}

void Project::State::read_exposures() {
  for (const ExposureSpec& spec : declared_.exposures) {
    std::vector<Dependency> refs;
    Rendering rendering = reading(spec.name, refs);
    for (const Setting& read : spec.depends_on) {
      context->render_yaml(read.value, read.place, &rendering);
    }
    std::vector<std::size_t> read = resolve(nodes, yml.name, disabled_, files, refs);
    refuse_private(nodes, refs, read, "", files);
    exposures.push_back({spec.name, std::move(refs), std::move(read)});
  }
}

void Project::State::read_semantic_models() {
  const auto refs_of = [&](SemanticModelSpec& spec) {
    std::vector<Dependency> refs;
    Rendering rendering = reading(spec.name, refs);
    context->render_yaml(spec.model, spec.model_place, &rendering);
    if (!refs.empty()) {
      spec.ref_package = refs.front().package;
      spec.ref_name = refs.front().name;
    }
    return refs;
  };
  for (SemanticModelSpec& spec : declared_.disabled_semantic.models) refs_of(spec);
  for (SemanticModelSpec& spec : declared_.semantic.models) {
    const std::vector<Dependency> refs = refs_of(spec);
    const std::vector<std::size_t> read = resolve(nodes, yml.name, disabled_, files, refs);
    if (read.size() != 1) {
      throw files.error_at(spec.model_place,
                           fmt::format("the semantic model '{}' is of no model", spec.name),
                           "write model: ref('NAME')");
    }
    spec.node = read.front();
  }
}

Node Project::State::analysis_at(const std::string& path) {
  Node node;
  node.name = stem(path);
  node.unique_id = fmt::format("analysis.{}.{}", yml.name, node.name);
  node.fqn = fqn_of(path, node.name, yml.analysis_paths);
  node.fqn.insert(node.fqn.begin() + 1, "analysis");
  node.file = path;
  node.place = {files.display(path), 1, 1};
  node.settings = model_tree_.for_node(node.fqn);
  read_sql(node, path);
  std::vector<std::string> told;
  node.model = model_config(node.settings, files, told);
  node.tags = node.model.tags;
  const std::vector<std::size_t> read = resolve(nodes, yml.name, disabled_, files, node.refs);
  const NodeSet each_once(read.begin(), read.end());
  node.depends_on.assign(each_once.begin(), each_once.end());
  return node;
}

// Last, as in dbt: while the project is parsed, templates see unrendered descriptions.
void Project::State::render_descriptions() {
  std::vector<std::string> folders = yml.docs_paths;
  if (folders.empty()) folders = source_folders();
  docs = read_docs_blocks(files, folders, warnings);
  const auto render = [&](std::string& text, const Place& place) {
    text = context->render_description(text, place, docs, warnings);
  };
  for (Node& node : nodes) {
    render(node.description, node.described_at);
    for (ColumnSpec& column : node.columns) render(column.description, column.described_at);
  }
  for (SemanticModelSpec& model : declared_.semantic.models) {
    render(model.description, model.described_at);
    for (EntitySpec& entity : model.entities) render(entity.description, entity.described_at);
    for (DimensionSpec& one : model.dimensions) render(one.description, one.described_at);
    for (MeasureSpec& measure : model.measures) render(measure.description, measure.described_at);
  }
  for (MetricSpec& metric : declared_.semantic.metrics) {
    render(metric.description, metric.described_at);
  }
  for (SavedQuerySpec& query : declared_.semantic.saved_queries) {
    render(query.description, query.described_at);
  }
}

void Project::State::warn_of_useless_settings() {
  const auto look = [&](const ConfigTree& tree, NodeKind kind) {
    warn_of_useless_branches(tree, kind, nodes, disabled, warnings);
  };
  look(model_tree_, NodeKind::model);
  look(source_tree_, NodeKind::source);
  look(test_tree_, NodeKind::test);
  look(unit_test_tree_, NodeKind::test);
}

Project Project::load(ProjectFiles files, const LoadOptions& options) {
  auto state = std::make_unique<State>(std::move(files), options);
  state->read_macros();
  state->read_declarations();
  state->refuse_overrides();
  state->read_trees();
  state->read_models();
  state->read_seeds();
  state->disabled_.unsupported = name_unsupported(state->files, state->yml, state->warnings);
  state->add_sources();
  state->add_generic_tests();
  state->read_singular_tests();
  state->add_unit_tests();
  state->name_tests_apart();
  drop_unresolved_tests(state->nodes, state->yml.name, state->disabled_, state->warnings);
  state->sort_nodes();
  state->warn_of_useless_settings();
  connect(state->nodes, state->yml.name, state->disabled_, state->files);
  check_given(state->nodes, state->yml.name, state->disabled_, state->files, state->warnings);
  refuse_shared_relations(state->nodes, state->files);
  state->read_exposures();
  state->read_semantic_models();
  state->render_descriptions();
  return Project(std::move(state));
}

std::vector<Node> Project::analyses() const {
  std::vector<Node> analyses;
  for (const std::string& path : files().below(yml().analysis_paths, {".sql"})) {
    try {
      analyses.push_back(state_->analysis_at(path));
    } catch (const Error&) {
      continue;  // gsa makes nothing of it
    }
  }
  return analyses;
}

Project::Project(std::unique_ptr<State> state) : state_(std::move(state)) {}
Project::Project(Project&&) noexcept = default;
Project& Project::operator=(Project&&) noexcept = default;
Project::~Project() = default;

const std::string& Project::name() const { return state_->yml.name; }
const Target& Project::target() const { return state_->target; }
const std::vector<Node>& Project::nodes() const { return state_->nodes; }
const std::vector<Node>& Project::disabled() const { return state_->disabled; }
const ProjectYml& Project::yml() const { return state_->yml; }
const Declarations& Project::declarations() const { return state_->declared_; }
const DocsBlocks& Project::docs() const { return state_->docs; }
const ProjectFiles& Project::files() const { return state_->files; }
const SemanticSpecs& Project::semantic() const { return state_->declared_.semantic; }
const std::vector<Exposure>& Project::exposures() const { return state_->exposures; }
std::size_t Project::macro_count() const { return state_->context->macro_files().size(); }
const std::vector<std::string>& Project::warnings() const { return state_->warnings; }
Context& Project::context() const { return *state_->context; }

const Node* Project::find_model(const std::string& name) const {
  const auto found = state_->models.find(name);
  return found == state_->models.end() ? nullptr : &state_->nodes[found->second];
}

}  // namespace gsa::dbt
