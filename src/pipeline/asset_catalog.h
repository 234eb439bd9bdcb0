#pragma once

// The graph of a project's assets: raw tables that gsa makes, what the dbt project reads and makes,
// and the data tests as checks of them.

#include <map>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/plan.h"
#include "dbt/node_graph.h"
#include "dbt/project.h"
#include "pipeline/outside_versions.h"

namespace gsa::pipeline {

struct Catalog {
  assets::Graph graph{{}};
  std::vector<assets::Check> checks;
  // Nodes of the project, by name of asset or of check.
  std::map<std::string, std::size_t> models;
  std::map<std::string, std::size_t> tests;
  std::map<std::string, std::size_t> freshness;  // of checks of the age of a node's data
};

// `raw` are the tables that gsa makes itself; a source of the project that reads one of them is
// that asset. Models that are made month by month have the months of the raw tables, where these
// have any. `exports` hang on what they are made of.
// What models read beside assets becomes part of their code.
Catalog make_catalog(const dbt::Project& project, std::vector<assets::Asset> raw,
                     OutsideVersions outside, std::vector<assets::Asset> exports = {});

// Takes out what holds for every run alike where the project is the built-in one: its unit tests,
// which `gsa test` asks.
void leave_out_built_in_unit_tests(Catalog& catalog, const dbt::Project& project);

// "12 hours"
std::string to_string(const dbt::AgeLimit& limit);

// The nodes of the project that `names` stand for, sources of raw tables included.
dbt::NodeSet nodes_of(const dbt::Project& project, const std::set<std::string>& names);
// The other way round.
std::set<std::string> assets_of(const dbt::Project& project, const dbt::NodeSet& nodes);

}  // namespace gsa::pipeline
