#pragma once

// What `gsa run` takes, and the commands that plan or repeat it.

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

  // As they are typed, until finish_pipeline_options():
  int year = sim::kAnchor.year;
  std::string month;
};

// Adds the options to a command. `options` must outlive it.
void add_pipeline_options(CLI::App& command, PipelineOptions& options);
// What the options mean together, once they are read. Throws Error{usage}.
void finish_pipeline_options(const CLI::App& command, PipelineOptions& options);

}  // namespace gsa::app
