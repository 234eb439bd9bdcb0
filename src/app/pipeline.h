#pragma once

// `gsa run`: prompts in, raw tables, models, tests, a publication.

#include "app/pipeline_options.h"
#include "duck/database.h"

namespace gsa::app {

// The warehouse is held until the last copy of it and its connections are gone.
struct PipelineRun {
  duck::Database warehouse;
  bool made = false;  // false: nothing was stale
};

// Makes what is stale and publishes; or throws Error, see run_assets(). The report is the caller's.
PipelineRun run_pipeline(const PipelineOptions& options);

}  // namespace gsa::app
