#pragma once

// POST /api/runs/plan: what a run from the dashboard would build, drop and download, before the
// user starts it.

#include <string>

#include "pipeline/pipeline_options.h"
#include "serve/held_warehouse.h"

namespace gsa::serve {

// JSON, RunPlan of openapi.yaml. Changes nothing and downloads nothing: if the source is not in the
// cache, the plan says so and lists no assets. May take seconds, waiting for the hub. Throws Error
// for errors in the options, the source or the project.
std::string run_plan_json(const pipeline::PipelineOptions& options, HeldWarehouse& warehouse);

}  // namespace gsa::serve
