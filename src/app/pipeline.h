#pragma once

// `gsa run`: prompts in, raw tables, models, tests, a publication.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"
#include "app/raw_tables.h"

namespace gsa::app {

// Who typed the prompts and when: made up, or as the source says.
enum class Behavior { simulated, observed };
std::string_view name_of(Behavior behavior);

struct PipelineOptions {
  CommonOptions common;
  ProjectOptions project;
  std::vector<std::string> sources = {"auto"};
  std::int64_t prompts = 10000;
  Behavior behavior = Behavior::simulated;
  SimulationOptions simulation;  // observed: only the seed counts
  bool full_refresh = false;
};

// Runs all steps, publishes and prints the report; or throws Error, and nothing of what is
// published has changed.
void run_pipeline(const PipelineOptions& options);

}  // namespace gsa::app
