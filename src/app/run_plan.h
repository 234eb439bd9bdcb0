#pragma once

// POST /api/runs/plan: what a run from the dashboard would make, drop and fetch, before anybody
// starts it.

#include <string>

#include "app/held_warehouse.h"
#include "app/pipeline_options.h"

namespace gsa::app {

// JSON, RunPlan of openapi.yaml. Changes nothing and downloads nothing: where the source is not
// here yet, the plan says so and lists no assets. May take seconds, for the hub's answer. Throws
// Error for what is wrong with the options, the source or the project.
std::string run_plan_json(const PipelineOptions& options, HeldWarehouse& warehouse);

}  // namespace gsa::app
