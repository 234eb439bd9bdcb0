#pragma once

// What `gsa run` takes, and the commands that plan or repeat it.

#include <string>
#include <vector>

#include "pipeline/raw_assets.h"
#include "pipeline/run_options.h"
#include "sim/period.h"

namespace gsa::pipeline {

struct PipelineOptions {
  CommonOptions common;
  ProjectOptions project;
  RecordOptions record;
  RawOptions raw;
  std::vector<sim::Period> months;  // asked for; empty: those that are published, or 2025-12
  bool full_refresh = false;
  std::string given;  // the options of the command line
};

}  // namespace gsa::pipeline
