#pragma once

// What a project consists of while it is loaded, and the steps of loading it; the definitions are
// in project.cc, project_models.cc, project_data_tests.cc, project_exposures.cc and
// project_semantic.cc.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbt/config.h"
#include "dbt/labels.h"
#include "dbt/node_graph.h"
#include "dbt/profile.h"
#include "dbt/project.h"
#include "dbt/relation_naming.h"

namespace gsa::dbt {

struct Project::State {
  State(ProjectFiles project_files, const LoadOptions& options)
      : files(std::move(project_files)),
        target(options.target),
        yml(read_project_yml(files, warnings)) {
    override_vars(yml, options.vars, options.option_vars);
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
  void configure_semantic_layer();
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
  SemanticConfig semantic_config_of(std::vector<std::string> fqn, const Settings& settings,
                                    const Settings& unrendered) const;
  void configure_metrics_of(SemanticModelSpec& model);
  void warn_of_useless_semantic_settings();
  std::vector<std::string> fqn_of(const std::string& path, const std::string& name,
                                  const std::vector<std::string>& roots) const;

  Declarations declared_;
  ConfigTree model_tree_;
  ConfigTree seed_tree_;
  ConfigTree source_tree_;
  ConfigTree test_tree_;
  ConfigTree unit_test_tree_;
  ConfigTree metric_tree_;
  ConfigTree unrendered_metric_tree_;
  ConfigTree semantic_model_tree_;
  ConfigTree saved_query_tree_;
  std::unique_ptr<Labeller> labeller_;
  std::unique_ptr<RelationNaming> naming_;
  Disabled disabled_;
  friend class Project;
};

// "models/marts/fct.sql" -> "fct"
std::string file_stem(const std::string& path);
// "raw.users", the name of the node of a source's table
std::string source_node_name(const SourceSpec& spec);

}  // namespace gsa::dbt
