#pragma once

// A dbt project, parsed and checked: its sources, models and tests, with their dependencies.
// Touches no database. One thread at a time; nodes() and the other const data may be read by
// several.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/environment.h"
#include "dbt/context.h"
#include "dbt/docs_blocks.h"
#include "dbt/node.h"
#include "dbt/project_files.h"
#include "dbt/project_yml.h"
#include "dbt/schema_yml.h"
#include "dbt/semantic_yml.h"

namespace gsa::dbt {

struct LoadOptions {
  std::string vars;                                     // the YAML of --vars
  std::map<std::string, std::string> option_vars = {};  // vars that have options of their own
  Target target;
  std::string target_name;       // one of the profile's targets; empty: the profile's default
  Environment environment = {};  // for env_var() and to find profiles.yml
  std::string folder = {};       // relative $DBT_PROFILES_DIR start here
};

// A use of models and sources outside the project: a dashboard, a report.
struct Exposure {
  std::string name;
  std::vector<Dependency> refs;
  std::vector<std::size_t> depends_on;
};

class Project {
 public:
  // Reads all files and resolves every ref. Throws Error with file, line and column for any mistake
  // in the project.
  static Project load(ProjectFiles files, const LoadOptions& options = {});
  Project(Project&&) noexcept;
  Project& operator=(Project&&) noexcept;
  ~Project();

  const std::string& name() const;
  const Target& target() const;
  // Sources, then models, then tests, each sorted by name.
  const std::vector<Node>& nodes() const;
  // What is switched off. Nothing depends on these, and their relations are not named.
  const std::vector<Node>& disabled() const;
  const Node* find_model(const std::string& name) const;  // null if there is none
  const std::vector<Exposure>& exposures() const;
  // As declared; descriptions are rendered, and each semantic model knows its node.
  const SemanticSpecs& semantic() const;
  // Queries that nobody runs, read anew at each call; those that cannot be read are left out.
  std::vector<Node> analyses() const;
  const ProjectFiles& files() const;
  const ProjectYml& yml() const;
  const Declarations& declarations() const;  // the YAML beside the models, as written
  const DocsBlocks& docs() const;
  std::size_t macro_count() const;
  // Mistakes that dbt accepts too: "FILE:LINE:COLUMN: …".
  const std::vector<std::string>& warnings() const;
  // The columns that together are unique in this model or table, according to a test of the
  // project; empty if no test says so.
  std::vector<std::string> unique_key_of(const std::string& relation_name) const;

  Context& context() const;  // for compiling

 private:
  struct State;
  explicit Project(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gsa::dbt
