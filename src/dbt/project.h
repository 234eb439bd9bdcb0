#pragma once

// A dbt project, read and checked: its sources, models and tests with what they depend on. Nothing
// here touches a database. One thread at a time.

#include <memory>
#include <string>
#include <vector>

#include "dbt/context.h"
#include "dbt/docs_blocks.h"
#include "dbt/node.h"
#include "dbt/project_files.h"
#include "dbt/project_yml.h"
#include "dbt/schema_yml.h"

namespace gsa::dbt {

struct LoadOptions {
  std::string vars;  // the YAML of --vars
  Target target;
  std::string target_name;  // of the profile's targets; empty: the profile's own choice
};

// A use of models and sources that is made elsewhere: a dashboard, a report.
struct Exposure {
  std::string name;
  std::vector<Dependency> refs;
  std::vector<std::size_t> depends_on;
};

class Project {
 public:
  // Throws Error with file, line and column for whatever is wrong with the project.
  static Project load(ProjectFiles files, const LoadOptions& options = {});
  Project(Project&&) noexcept;
  Project& operator=(Project&&) noexcept;
  ~Project();

  const std::string& name() const;
  const Target& target() const;
  // Sources, then models, then tests, each by name.
  const std::vector<Node>& nodes() const;
  // What is switched off. Nothing depends on these, and their relations are not named.
  const std::vector<Node>& disabled() const;
  const Node* find_model(const std::string& name) const;  // null if there is none
  const std::vector<Exposure>& exposures() const;
  // Queries that nobody runs, read anew at each call; those that cannot be read are left out.
  std::vector<Node> analyses() const;
  const ProjectFiles& files() const;
  const ProjectYml& yml() const;
  const Declarations& declarations() const;  // the YAML beside the models, as written
  const DocsBlocks& docs() const;
  std::size_t macro_count() const;
  // Mistakes that dbt accepts as well: "FILE:LINE:COLUMN: …".
  const std::vector<std::string>& warnings() const;
  // The columns that a test of this project says are unique together in the model or table of that
  // name; empty if no test says so.
  std::vector<std::string> unique_key_of(const std::string& relation_name) const;

  Context& context() const;  // for compiling

 private:
  struct State;
  explicit Project(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gsa::dbt
