#pragma once

// dbt_project.yml.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dbt/jinja_names.h"
#include "dbt/yaml.h"

namespace gsa::dbt {

struct ProjectYml {
  std::string name;
  std::string version;
  std::string profile;
  std::vector<std::string> model_paths = {"models"};
  std::vector<std::string> test_paths = {"tests"};
  std::vector<std::string> macro_paths = {"macros"};
  std::vector<std::string> analysis_paths = {"analyses"};
  std::vector<std::string> seed_paths = {"seeds"};
  std::vector<std::string> snapshot_paths = {"snapshots"};
  std::vector<std::string> docs_paths;  // empty: all folders above
  std::string target_path = "target";   // as written: it may contain a template
  Dict vars;        // the project's own over those for all packages; --vars over both
  Dict given_vars;  // those of --vars alone
  std::optional<Yaml> models;
  std::optional<Yaml> sources;
  std::optional<Yaml> seeds;
  std::vector<Yaml> tests;  // `tests:` and `data_tests:`
  std::optional<Yaml> unit_tests;
  std::optional<Yaml> metrics;
  std::optional<Yaml> semantic_models;  // `semantic-models:`
  std::optional<Yaml> saved_queries;    // `saved-queries:`
};

// `vars` is the YAML of --vars, or empty. Both throw Error at the place of a mistake. The result
// refers to `files`. Doubtful settings add to `warnings`.
ProjectYml read_project_yml(const ProjectFiles& files, std::vector<std::string>& warnings);
void override_vars(ProjectYml& project, const std::string& vars,
                   const std::map<std::string, std::string>& options);

}  // namespace gsa::dbt
