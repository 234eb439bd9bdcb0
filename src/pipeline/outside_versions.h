#pragma once

// Adds to the code of models what they read outside the graph. If an undeclared file or table
// changes, the models that read it become stale; a model that reads something whose changes gsa
// cannot see is stale in every run.

#include <map>
#include <string>

#include "assets/asset_graph.h"
#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"

namespace gsa::pipeline {

// Makes relative paths in SQL start at the project's folder, wherever gsa was started, and applies
// the settings of the profile. Throws Error if an extension or a setting of the profile fails.
void prepare_session(duck::Connection& connection, const dbt::Project& project);

class OutsideVersions {
 public:
  // All arguments must outlive it. Prepares the connection.
  OutsideVersions(const dbt::Project& project, const assets::State& state,
                  duck::Connection& connection);

  // Adds to `code` what `sql`, the SQL of the node, reads: {"file data/x.csv": its fingerprint}.
  void add(const dbt::Node& node, const std::string& sql, assets::Code& code);
  // Adds something whose changes gsa cannot detect.
  void add_unseen(const std::string& what, assets::Code& code);

 private:
  void add_table(const dbt::Node& node, const std::string& name, assets::Code& code);
  std::string fingerprint_of(const std::string& pattern);

  const dbt::Project& project_;
  const assets::State& state_;
  duck::Connection& connection_;
  std::string folder_;  // base of relative paths; empty: the process's own folder
  std::map<std::string, std::string> seen_;  // fingerprints and versions, by file or table
};

}  // namespace gsa::pipeline
