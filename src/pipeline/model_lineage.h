#pragma once

// Where the columns of models come from, and what a change of a model touches.

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

// Lineage of every model, by name of asset; relations in it are named as assets. What cannot be
// compiled or parsed is left out.
using ModelLineage = std::map<std::string, lineage::QueryLineage>;
ModelLineage lineage_of_models(const dbt::Project& project, const Catalog& catalog,
                               duck::Connection& connection);

// What becomes of an asset's columns.
struct Impact {
  std::set<std::string> added, removed;
  std::set<std::string> changed;  // computed in another way, or from what is
  bool rows = false;              // which rows there are may change: all columns are touched

  bool is_empty() const { return added.empty() && removed.empty() && changed.empty() && !rows; }
};

// By name of asset: models whose SQL differs from the published one, and all that their columns
// reach.
std::map<std::string, Impact> impact_of_changes(const dbt::Project& project, const Catalog& catalog,
                                                const assets::State& state,
                                                const std::set<std::string>& changed,
                                                duck::Connection& connection);

}  // namespace gsa::pipeline
