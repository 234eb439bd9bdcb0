#pragma once

// `gsa run`: prompts in, raw tables, models, tests, a publication.

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

// What a run would do. Throws Error where the selection leaves out what must be made.
struct PipelinePlan {
  PipelinePlan(const PipelineOptions& options, const dbt::Project& project,
               const prompts::ResolvedSources& sources, const duck::Database& database);
  PipelinePlan(const PipelinePlan&) = delete;
  PipelinePlan& operator=(const PipelinePlan&) = delete;

  // Refers to this and to the arguments.
  AssetRun run(const PipelineOptions& options, const dbt::Project& project);

  RawOptions raw_options;
  // Published months that the run replaces, since they were made with other options.
  std::vector<sim::Period> dropped_months;
  RawAssets raw;
  assets::State state;
  Catalog catalog;
  assets::PlanOptions planning;
  assets::Plan plan;
  std::optional<Selection> selection;
};

// The warehouse is held until the last copy of it and its connections are gone.
struct PipelineRun {
  duck::Database warehouse;
  bool made = false;  // false: nothing was stale
};

// Makes what is stale and publishes; or throws Error, see run_assets(). The report is the caller's.
PipelineRun run_pipeline(const PipelineOptions& options);

// How a run on a warehouse that is open already is followed and stopped.
struct RunControl {
  RunAudience* audience = nullptr;
  std::stop_token stop = {};
  assets::Recorder* recorder = nullptr;  // see AssetRun
};
// The same on that warehouse, in which no other run may be going: returns whether anything was
// stale.
bool run_pipeline(const PipelineOptions& options, const dbt::Project& project,
                  const prompts::ResolvedSources& sources, const duck::Database& database,
                  const RunControl& control = {});

}  // namespace gsa::pipeline
