#pragma once

// `gsa run`: prompts in, raw tables, models, tests, a publication.

#include <cstdint>
#include <string>
#include <vector>

#include "app/options.h"
#include "app/raw_tables.h"

namespace gsa::app {

struct PipelineOptions {
  CommonOptions common;
  ProjectOptions project;
  std::vector<std::string> sources = {"synthetic"};
  std::int64_t prompts = 10000;
  SimulationOptions simulation;
  bool full_refresh = false;
};

// Runs all steps, publishes and prints the report; or throws Error, and nothing of what is
// published has changed.
void run_pipeline(const PipelineOptions& options);

}  // namespace gsa::app
