#pragma once

// `gsa run`: prompts in, raw tables, models, tests, a publication.

#include "app/pipeline_options.h"

namespace gsa::app {

// Makes what is stale, publishes and prints the report; or throws Error, see run_assets().
void run_pipeline(const PipelineOptions& options);

}  // namespace gsa::app
