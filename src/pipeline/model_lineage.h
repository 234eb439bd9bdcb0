#pragma once

// Computes where the columns of models come from, and what a change of a model affects.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"
#include "lineage/lineage.h"
#include "pipeline/asset_catalog.h"

namespace gsa::pipeline {

// The lineage of every model, by name of asset; it names relations as assets. Leaves out models
// that cannot be compiled or parsed.
using ModelLineage = std::map<std::string, lineage::QueryLineage>;
ModelLineage lineage_of_models(const dbt::Project& project, const Catalog& catalog,
                               duck::Connection& connection);

// How a change affects an asset's columns.
struct Impact {
  std::set<std::string> added, removed;
  std::set<std::string> changed;  // computed differently, or from changed columns
  bool rows = false;              // which rows exist may change: affects all columns

  bool is_empty() const { return added.empty() && removed.empty() && changed.empty() && !rows; }
};

// By name of asset: the models whose SQL differs from the published one, and all assets that their
// columns reach.
std::map<std::string, Impact> impact_of_changes(const dbt::Project& project, const Catalog& catalog,
                                                const assets::State& state,
                                                const std::set<std::string>& changed,
                                                duck::Connection& connection);

}  // namespace gsa::pipeline
