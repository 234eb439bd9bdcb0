#pragma once

// What models read beside the assets of the graph, as parts of their code: when a file or a table
// that nobody declared changes, what is made of it is stale; what changes unseen makes it stale in
// every run.

#include <map>
#include <string>

#include "assets/asset_graph.h"
#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"

namespace gsa::pipeline {

// Relative paths in SQL are those of the project's folder, wherever gsa was started; and the
// settings of the profile hold.
void prepare_session(duck::Connection& connection, const dbt::Project& project);

class OutsideVersions {
 public:
  // All must outlive it; the connection is prepared here.
  OutsideVersions(const dbt::Project& project, const assets::State& state,
                  duck::Connection& connection);

  // Adds to `code` what `sql`, which is the node's, reads: {"file data/x.csv": its fingerprint}.
  void add(const dbt::Node& node, const std::string& sql, assets::Code& code);
  // Adds something of which nobody can say whether it has changed.
  void add_unseen(const std::string& what, assets::Code& code);

 private:
  void add_table(const dbt::Node& node, const std::string& name, assets::Code& code);
  std::string fingerprint_of(const std::string& pattern);

  const dbt::Project& project_;
  const assets::State& state_;
  duck::Connection& connection_;
  std::string folder_;                       // relative paths begin here; empty: where gsa runs
  std::map<std::string, std::string> seen_;  // fingerprints and versions, by file or table
};

}  // namespace gsa::pipeline
