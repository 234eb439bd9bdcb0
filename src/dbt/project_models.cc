// Reads the models, seeds and sources.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/external_location.h"
#include "dbt/project_state.h"

namespace gsa::dbt {

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
    std::vector<std::string>& same = paths[file_stem(path)];
    if (same.empty()) names.push_back(file_stem(path));
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
  node.name = file_stem(path);
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
    const auto [at, fresh] = taken.emplace(file_stem(path), files.display(path));
    if (!fresh) {
      throw Error(fmt::format("two models or seeds are named '{}': {} and {}", at->first,
                              at->second, files.display(path)),
                  "rename one of the files; alias: can keep its table's name");
    }
    const auto spec = specs.find(file_stem(path));
    add_seed(path, spec == specs.end() ? nullptr : spec->second);
  }
}

void Project::State::add_seed(const std::string& path, const ModelSpec* spec) {
  Node node;
  node.name = file_stem(path);
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
    node.name = source_node_name(spec);
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

}  // namespace gsa::dbt
