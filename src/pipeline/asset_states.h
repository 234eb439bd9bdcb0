#pragma once

// The current state of each asset, for `gsa assets`.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assets/plan.h"
#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"
#include "pipeline/asset_catalog.h"
#include "pipeline/run_options.h"

namespace gsa::pipeline {

struct AssetState {
  std::string state;    // "fresh", "stale", "never made", "source"; "" if ephemeral
  std::string reason;   // why it is stale
  std::string made_at;  // the last time, UTC
  std::optional<std::int64_t> rows, bytes;
  std::optional<double> seconds;
  std::size_t partitions = 0;                      // number of its partitions
  std::size_t checks = 0, warned = 0, failed = 0;  // by their last outcomes
};

// The published graph, and what a run with the options of the last run would build.
struct AssetOverview {
  // Raw tables count as built with their published options.
  AssetOverview(const dbt::Project& project, duck::Connection& connection);

  assets::State records;
  Catalog catalog;
  assets::Versions sources;
  assets::Plan plan;
  std::vector<AssetState> states;  // by index in the graph

 private:
  AssetState state_of(const assets::Asset& asset) const;
  void add_export(const assets::Asset& asset, AssetState& state) const;
};

}  // namespace gsa::pipeline
