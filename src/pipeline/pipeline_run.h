#pragma once

// `gsa run`: from prompts over raw tables, models and tests to a publication.

#include <optional>

#include "assets/plan.h"
#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"
#include "pipeline/asset_catalog.h"
#include "pipeline/asset_run.h"
#include "pipeline/pipeline_options.h"
#include "pipeline/raw_assets.h"
#include "prompts/resolve.h"

namespace gsa::pipeline {

// The plan of a run, with everything that it refers to. Throws Error if the selection leaves out
// assets that must be built. The constructor's arguments must outlive it.
struct PipelinePlan {
  PipelinePlan(const PipelineOptions& options, const dbt::Project& project,
               const prompts::ResolvedSources& sources, const duck::Database& database,
               remote::Target* remote = nullptr, bool only_plans = false);
  PipelinePlan(const PipelinePlan&) = delete;
  PipelinePlan& operator=(const PipelinePlan&) = delete;

  // Refers to this object and to the arguments.
  AssetRun run(const PipelineOptions& options, const dbt::Project& project);

  remote::Target* remote;  // null: DuckDB makes the models
  RawOptions raw_options;
  // Published months that the run drops because they were built with other options.
  std::vector<sim::Period> dropped_months;
  RawAssets raw;
  assets::State state;
  Catalog catalog;
  assets::PlanOptions planning;
  assets::Plan plan;
  std::optional<Selection> selection;
};

// The warehouse stays open until its last copy and the last connection are gone.
struct PipelineRun {
  duck::Database warehouse;
  bool made = false;  // false: nothing was stale
};

// Builds stale assets and publishes; throws Error like run_assets(). The caller prints the report.
PipelineRun run_pipeline(const PipelineOptions& options);

// How to follow and stop a run on a warehouse that is already open.
struct RunControl {
  RunAudience* audience = nullptr;
  std::stop_token stop = {};
  assets::Recorder* recorder = nullptr;  // see AssetRun
};
// The same on an open warehouse, on which no other run may be active. Returns whether anything was
// stale.
bool run_pipeline(const PipelineOptions& options, const dbt::Project& project,
                  const prompts::ResolvedSources& sources, const duck::Database& database,
                  const RunControl& control = {});

}  // namespace gsa::pipeline
