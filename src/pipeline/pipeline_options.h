#pragma once

// The options of `gsa run` and of the commands that plan or repeat it.

#include <string>
#include <vector>

#include "assets/run_records.h"
#include "pipeline/raw_assets.h"
#include "pipeline/run_options.h"
#include "sim/period.h"

namespace gsa::pipeline {

struct PipelineOptions {
  CommonOptions common;
  ProjectOptions project;
  RecordOptions record;
  RawOptions raw;
  std::vector<sim::Period> months;  // requested; empty: the published months, or 2025-12
  bool full_refresh = false;
  std::vector<assets::RunOption> given;  // the options as typed
};

// Users and times of observed data are its own: an option for simulated ones is a mistake. Throws
// Error{usage} if there is one.
void refuse_simulated_options(const std::vector<assets::RunOption>& given, Behavior behavior);

}  // namespace gsa::pipeline
