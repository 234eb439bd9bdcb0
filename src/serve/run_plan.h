#pragma once

// POST /api/runs/plan: what a run from the dashboard would make, drop and fetch, before anybody
// starts it.

#include <string>

#include "pipeline/pipeline_options.h"
#include "serve/held_warehouse.h"

namespace gsa::serve {

// JSON, RunPlan of openapi.yaml. Changes nothing and downloads nothing: where the source is not
// here yet, the plan says so and lists no assets. May take seconds, for the hub's answer. Throws
// Error for what is wrong with the options, the source or the project.
std::string run_plan_json(const pipeline::PipelineOptions& options, HeldWarehouse& warehouse);

}  // namespace gsa::serve
