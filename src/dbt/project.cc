#include "dbt/project.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/macro_overrides.h"
#include "dbt/packages.h"
#include "dbt/project_state.h"
#include "dbt/unit_test_given.h"
#include "dbt/unsupported.h"
#include "dbt/useless_settings.h"

namespace gsa::dbt {

std::string file_stem(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  return file.substr(0, file.rfind('.'));
}

std::string source_node_name(const SourceSpec& spec) { return spec.source + "." + spec.table.name; }

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
  const RenderValue render = [&context = *context](const Value& value, const Place& place) {
    return context.render_yaml(value, place);
  };
  for (const std::string& path : files.below(source_folders(), {".yml", ".yaml"})) {
    read_schema_yml(files, path, render, declared_, warnings);
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
  if (yml.metrics) {
    metric_tree_.add(*yml.metrics, render);
    unrendered_metric_tree_.add(*yml.metrics,
                                [](const Value& value, const Place&) { return value; });
  }
  if (yml.semantic_models) semantic_model_tree_.add(*yml.semantic_models, render);
  if (yml.saved_queries) saved_query_tree_.add(*yml.saved_queries, render);
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
  state->configure_semantic_layer();
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
