#include "dbt/project.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/data_tests.h"
#include "dbt/graph.h"
#include "dbt/labels.h"

namespace gsa::dbt {

struct Project::State {
  State(ProjectFiles project_files, const LoadOptions& options)
      : files(std::move(project_files)), target(options.target), yml(read_project_yml(files)) {
    override_vars(yml, options.vars);
    if (!yml.profile.empty()) target.profile = yml.profile;
    context = std::make_unique<Context>(yml, target);
  }

  ProjectFiles files;
  Target target;
  ProjectYml yml;
  std::unique_ptr<Context> context;
  std::vector<Node> nodes;
  std::map<std::string, std::size_t, std::less<>> models;
  std::vector<std::string> warnings;

  // While loading:
  void read_macros();
  void read_declarations();
  void read_trees();
  void read_models();
  void add_sources();
  void add_generic_tests();
  void read_singular_tests();
  void sort_nodes();

 private:
  // A render that only takes down what the template refers to and configures.
  Rendering reading(const std::string& name, std::vector<Dependency>& refs) const;
  void add_model(const std::string& path, const ModelSpec* spec);
  void read_sql(Node& node, const std::string& path);
  void add_tests_of(std::size_t tested, const ModelSpec& spec);
  void add_settings(const ModelSpec& spec, Node& node);
  void add_generic_test(std::size_t tested, const TestSpec& spec,
                        const std::vector<std::string>& column_tags);
  void add_test(Node node);
  std::string schema_for(const ModelConfig& config);
  std::vector<std::string> fqn_of(const std::string& path, const std::string& name,
                                  const std::vector<std::string>& roots) const;
  void warn_of_useless_branches(const ConfigTree& tree, NodeKind kind);

  Declarations declared_;
  ConfigTree model_tree_;
  ConfigTree source_tree_;
  ConfigTree test_tree_;
  std::unique_ptr<Labeller> labeller_;
  std::vector<std::string> disabled_;
  friend class Project;
};

namespace {

// "models/marts/fct.sql" -> "fct"
std::string stem(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  return file.substr(0, file.rfind('.'));
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

// Where a node lies: the project, the folders below the root that it is in, its name.
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

void Project::State::read_macros() {
  std::vector<std::string> folders = yml.macro_paths;
  for (const std::string& path : yml.test_paths) folders.push_back(path + "/generic");
  for (const std::string& path : files.below(folders, {".sql"})) {
    const std::string shown = files.display(path);
    context->add_macros(Template::parse(*files.find(path), shown), shown);
  }
  context->finish_macros();
}

void Project::State::read_declarations() {
  for (const std::string& path : files.below(yml.model_paths, {".yml", ".yaml"})) {
    read_schema_yml(files, path, declared_, warnings);
  }
  labeller_ = std::make_unique<Labeller>(declared_.groups, files);
}

void Project::State::read_trees() {
  const RenderValue render = [this](const Value& value, const Place& place) {
    return context->render_yaml(value, place);
  };
  if (yml.models) model_tree_.add(*yml.models, render);
  if (yml.sources) source_tree_.add(*yml.sources, render);
  for (const Yaml& tests : yml.tests) test_tree_.add(tests, render);
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
  std::map<std::string, std::string> paths;  // of each model
  for (const std::string& path : files.below(yml.model_paths, {".sql"})) {
    const auto [at, fresh] = paths.emplace(stem(path), path);
    if (!fresh) {
      throw Error(fmt::format("two models are named '{}': {} and {}", at->first,
                              files.display(at->second), files.display(path)),
                  "rename one of the files; config(alias = …) can keep its table's name");
    }
  }
  for (const auto& [name, path] : paths) {
    const auto spec = specs.find(name);
    add_model(path, spec == specs.end() ? nullptr : spec->second);
  }
  std::vector<std::string> names;
  for (const auto& [name, path] : paths) names.push_back(name);
  for (const auto& [name, spec] : specs) {
    if (paths.contains(name)) continue;
    const std::string hint = did_you_mean(name, names);
    warnings.push_back(fmt::format("{}: there is no model '{}', so nothing of this is used{}{}",
                                   format_place(spec->place), name, hint.empty() ? "" : ": ",
                                   hint));
  }
}

// Parses the SQL, and renders it once for its refs and for what config() in it says.
void Project::State::read_sql(Node& node, const std::string& path) {
  node.sql_template =
      std::make_shared<const Template>(Template::parse(*files.find(path), node.place.file));
  Rendering rendering = reading(node.name, node.refs);
  rendering.settings = node.settings;
  context->render(*node.sql_template, rendering);
  node.settings.add(rendering.given);
}

// What the YAML beside the models says of a model or source.
void Project::State::add_settings(const ModelSpec& spec, Node& node) {
  node.description = spec.description;
  node.columns = spec.columns;
  for (ColumnSpec& column : node.columns) {
    column.meta = context->render_yaml(Value(column.meta), column.place).as_dict();
  }
  for (const auto& [key, setting] : spec.settings.all()) {
    node.settings.set(key, context->render_yaml(setting.value, setting.place), setting.place);
  }
}

void Project::State::add_model(const std::string& path, const ModelSpec* spec) {
  Node node;
  node.kind = NodeKind::model;
  node.name = stem(path);
  node.unique_id = fmt::format("model.{}.{}", yml.name, node.name);
  node.fqn = fqn_of(path, node.name, yml.model_paths);
  node.file = path;
  node.place = {files.display(path), 1, 1};
  node.settings = model_tree_.for_node(node.fqn);
  if (spec != nullptr) add_settings(*spec, node);
  read_sql(node, path);
  node.model = model_config(node.settings, files, warnings);
  node.tags = node.model.tags;
  if (!node.model.enabled) {
    disabled_.push_back(node.name);
    return;
  }
  labeller_->label(node);
  node.relation = {target.database, schema_for(node.model),
                   node.model.alias.empty() ? node.name : node.model.alias};
  nodes.push_back(std::move(node));
}

// main, or main_staging with +schema: staging; as the project's generate_schema_name says, if any.
std::string Project::State::schema_for(const ModelConfig& config) {
  if (const Value* macro = context->find_macro("generate_schema_name")) {
    std::vector<Dependency> none;
    Rendering rendering = reading("generate_schema_name", none);
    CallArguments arguments;
    arguments.positional.push_back(config.schema.empty() ? Value() : Value(config.schema));
    arguments.positional.emplace_back();
    return std::string(trim(context->call(*macro, arguments, rendering).text()));
  }
  return config.schema.empty() ? target.schema : target.schema + "_" + config.schema;
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
    node.tags = model_config(node.settings, files, warnings).tags;
    labeller_->label(node, freshness);
    node.relation = {target.database, context->render_yaml(Value(spec.schema), node.place).str(),
                     context->render_yaml(Value(spec.identifier), node.place).str()};
    nodes.push_back(std::move(node));
  }
}

void Project::State::add_generic_tests() {
  std::map<std::string, std::size_t> targets;
  for (std::size_t i = 0; i < nodes.size(); ++i) targets.emplace(nodes[i].unique_id, i);
  for (const SourceSpec& spec : declared_.sources) {
    add_tests_of(targets.at(fmt::format("source.{}.{}", yml.name, source_name(spec))), spec.table);
  }
  for (const ModelSpec& spec : declared_.models) {
    const auto found = targets.find(fmt::format("model.{}.{}", yml.name, spec.name));
    if (found != targets.end()) add_tests_of(found->second, spec);
  }
}

void Project::State::add_tests_of(std::size_t tested, const ModelSpec& spec) {
  for (const TestSpec& test : spec.tests) add_generic_test(tested, test, {});
  for (const ColumnSpec& column : spec.columns) {
    for (const TestSpec& test : column.tests) add_generic_test(tested, test, column.tags);
  }
}

void Project::State::add_generic_test(std::size_t tested, const TestSpec& spec,
                                      const std::vector<std::string>& column_tags) {
  Node node;
  node.kind = NodeKind::test;
  node.is_generic = true;
  node.tested = tested;
  node.spec = spec;
  node.description = spec.description;
  const bool is_source = nodes[tested].kind == NodeKind::source;
  const std::string target_name =
      is_source ? replace_all(nodes[tested].name, ".", "_") : nodes[tested].name;
  node.name = generic_test_name(spec, target_name, is_source);
  node.unique_id = fmt::format("test.{}.{}.{}.{}", yml.name, node.name, target_name, spec.column);
  node.file = spec.file;
  node.place = spec.place;
  node.fqn = fqn_of(spec.file, node.name, yml.model_paths);
  Settings given = test_tree_.for_node(node.fqn);
  for (const std::string& tag : column_tags) given.set("tags", Value(tag), spec.place);

  Rendering rendering = reading(node.name, node.refs);
  for (const auto& [key, setting] : spec.settings.all()) {
    rendering.settings.set(key, context->render_yaml(setting.value, setting.place, &rendering),
                           setting.place);
  }
  const Settings in_yaml = rendering.settings;
  render_generic_test(*context, files, spec,
                      relation_value(nodes[tested].relation, to_sql(nodes[tested].relation)),
                      rendering);
  // What the test itself says holds for all its uses, and each use may say otherwise.
  given.add(rendering.given);
  given.add(in_yaml);
  node.settings = std::move(given);
  add_test(std::move(node));
}

void Project::State::add_test(Node node) {
  node.test = test_config(node.settings, files, warnings);
  node.tags = node.test.tags;
  if (!node.test.enabled) return;
  labeller_->label(node);
  nodes.push_back(std::move(node));
}

void Project::State::read_singular_tests() {
  for (const std::string& path : files.below(yml.test_paths, {".sql"})) {
    const bool generic =
        std::any_of(yml.test_paths.begin(), yml.test_paths.end(),
                    [&](const std::string& root) { return path.starts_with(root + "/generic/"); });
    if (generic) continue;
    Node node;
    node.kind = NodeKind::test;
    node.name = stem(path);
    node.unique_id = fmt::format("test.{}.{}", yml.name, node.name);
    node.file = path;
    node.place = {files.display(path), 1, 1};
    node.fqn = fqn_of(path, node.name, yml.test_paths);
    node.settings = test_tree_.for_node(node.fqn);
    read_sql(node, path);
    add_test(std::move(node));
  }
}

// Sorts, refuses two tests that are the same, and moves the indices along.
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
                           fmt::format("the test '{}' stands twice", nodes[from].name),
                           fmt::format("the other place is {}; give one of them a name: of its own",
                                       format_place(sorted.back().place)));
    }
    sorted.push_back(std::move(nodes[from]));
  }
  nodes = std::move(sorted);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].is_generic) nodes[i].tested = moved[nodes[i].tested];
    if (nodes[i].kind == NodeKind::model) models.emplace(nodes[i].name, i);
  }
}

// A folder in a tree of dbt_project.yml that holds nothing is a slip of the pen.
void Project::State::warn_of_useless_branches(const ConfigTree& tree, NodeKind kind) {
  for (const ConfigTree::Branch& branch : tree.branches()) {
    if (branch.settings.all().empty() || branch.path.empty()) continue;
    const bool used = std::any_of(nodes.begin(), nodes.end(), [&](const Node& node) {
      return node.kind == kind && branch.path.size() <= node.fqn.size() &&
             std::equal(branch.path.begin(), branch.path.end(), node.fqn.begin());
    });
    if (used) continue;
    warnings.push_back(fmt::format("{}: these settings apply to nothing: there is no {}",
                                   format_place(branch.place), join(branch.path, "/")));
  }
}

Project Project::load(ProjectFiles files, const LoadOptions& options) {
  auto state = std::make_unique<State>(std::move(files), options);
  state->read_macros();
  state->read_declarations();
  state->read_trees();
  state->read_models();
  state->add_sources();
  state->add_generic_tests();
  state->read_singular_tests();
  state->sort_nodes();
  state->warn_of_useless_branches(state->model_tree_, NodeKind::model);
  state->warn_of_useless_branches(state->source_tree_, NodeKind::source);
  state->warn_of_useless_branches(state->test_tree_, NodeKind::test);
  connect(state->nodes, state->yml.name, state->disabled_, state->files);
  return Project(std::move(state));
}

Project::Project(std::unique_ptr<State> state) : state_(std::move(state)) {}
Project::Project(Project&&) noexcept = default;
Project& Project::operator=(Project&&) noexcept = default;
Project::~Project() = default;

const std::string& Project::name() const { return state_->yml.name; }
const Target& Project::target() const { return state_->target; }
const std::vector<Node>& Project::nodes() const { return state_->nodes; }
const ProjectFiles& Project::files() const { return state_->files; }
std::size_t Project::macro_count() const { return state_->context->macro_files().size(); }
const std::vector<std::string>& Project::warnings() const { return state_->warnings; }
Context& Project::context() const { return *state_->context; }

const Node* Project::find_model(const std::string& name) const {
  const auto found = state_->models.find(name);
  return found == state_->models.end() ? nullptr : &state_->nodes[found->second];
}

std::vector<std::string> Project::unique_key_of(const std::string& relation_name) const {
  std::vector<std::string> combination;
  for (const Node& node : nodes()) {
    if (!node.is_generic || !node.test.where.empty()) continue;
    const Node& tested = nodes()[node.tested];
    if (tested.relation.name != relation_name && tested.name != relation_name) continue;
    if (node.spec.name == "unique" && !node.spec.column.empty()) return {node.spec.column};
    const Value* columns = node.spec.arguments.find("combination_of_columns");
    if (node.spec.name != "unique_combination_of_columns" || columns == nullptr) continue;
    if (!combination.empty() || !columns->is_sequence()) continue;
    for (const Value& column : columns->as_list()) combination.push_back(column.str());
  }
  return combination;
}

}  // namespace gsa::dbt
