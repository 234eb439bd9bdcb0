#pragma once

// Builds the graph of a project's assets: the raw tables that gsa builds, the relations that the
// dbt project reads and builds, and its data tests as checks.

#include <map>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/plan.h"
#include "dbt/node_graph.h"
#include "dbt/project.h"
#include "pipeline/outside_versions.h"
#include "remote/remote_target.h"

namespace gsa::pipeline {

struct Catalog {
  assets::Graph graph{{}};
  std::vector<assets::Check> checks;
  // Indices of nodes in the project, by name of asset or check.
  std::map<std::string, std::size_t> models;
  std::map<std::string, std::size_t> tests;
  std::map<std::string, std::size_t> freshness;  // of freshness checks, by name of check
};

// `raw` are the tables that gsa builds itself; a source of the project that reads one of them is
// that asset. Models built by month get the months of the raw tables, if those have any. `exports`
// depend on the assets that they export. Files and tables that models read outside the graph become
// part of their code.
// If another engine makes the models, what it runs is part of their code, too.
Catalog make_catalog(const dbt::Project& project, std::vector<assets::Asset> raw,
                     OutsideVersions outside, remote::Target* there = nullptr,
                     std::vector<assets::Asset> exports = {});

// Removes the unit tests if the project is the built-in one: their outcome is the same in every
// run, and `gsa test` runs them.
void leave_out_built_in_unit_tests(Catalog& catalog, const dbt::Project& project);

// "12 hours"
std::string to_string(const dbt::AgeLimit& limit);

// The nodes of these assets, including sources that are raw tables.
dbt::NodeSet nodes_of(const dbt::Project& project, const std::set<std::string>& names);
// The inverse of nodes_of().
std::set<std::string> assets_of(const dbt::Project& project, const dbt::NodeSet& nodes);

}  // namespace gsa::pipeline
