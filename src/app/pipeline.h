#pragma once

// `gsa run`: prompts in, raw tables, models, tests, a publication.

#include <string>
#include <vector>

#include "app/options.h"
#include "app/raw_assets.h"
#include "sim/period.h"

namespace gsa::app {

struct PipelineOptions {
  CommonOptions common;
  ProjectOptions project;
  RecordOptions record;
  RawOptions raw;
  std::vector<sim::Period> months;  // asked for; empty: those that are published, or 2025-12
  bool full_refresh = false;
  std::string given;  // the options of the command line
};

// Makes what is stale, publishes and prints the report; or throws Error, see run_assets().
void run_pipeline(const PipelineOptions& options);

}  // namespace gsa::app
