#pragma once

// The current state of each asset, for `gsa assets`.

#include <vector>

#include "assets/asset_state.h"
#include "assets/plan.h"
#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"
#include "pipeline/asset_catalog.h"
#include "pipeline/run_options.h"

namespace gsa::pipeline {

// The published graph, and what a run with the options of the last run would build.
struct AssetOverview {
  // Raw tables count as built with their published options.
  AssetOverview(const dbt::Project& project, duck::Connection& connection);

  assets::State records;
  Catalog catalog;
  assets::Versions sources;
  assets::Plan plan;
  std::vector<assets::AssetState> states;  // by index in the graph

 private:
  assets::AssetState state_of(const assets::Asset& asset) const;
  void add_export(const assets::Asset& asset, assets::AssetState& state) const;
};

}  // namespace gsa::pipeline
