#pragma once

// The options of `gsa run` and of the commands that plan or repeat it.

#include <string>
#include <vector>

#include "app/options.h"
#include "pipeline/pipeline_options.h"
#include "sim/period.h"

namespace gsa::app {

struct RunFlags {
  pipeline::PipelineOptions options;

  // As typed, until finish_run_flags().
  int year = sim::kAnchor.year;
  std::string month;
  std::vector<std::string> maps, users_maps, feedback_maps;
  std::string prices, missing;
  bool hash_users = false;
};

// Adds the options to a command. `flags` must outlive it.
void add_run_flags(CLI::App& command, RunFlags& flags);
// Completes `flags.options` after parsing. Throws Error{usage}.
void finish_run_flags(const CLI::App& command, RunFlags& flags);

}  // namespace gsa::app
