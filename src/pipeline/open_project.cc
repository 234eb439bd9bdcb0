#include "pipeline/open_project.h"

#include <cstdio>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/embedded.h"
#include "dbt/project_files.h"
#include "duck/address_space.h"
#include "semantic/layer_reading.h"

namespace gsa::pipeline {

dbt::Project load_project(const ProjectOptions& options, const Invocation& invocation,
                          const std::string& warehouse) {
  duck::check_address_space();
  dbt::LoadOptions load;
  load.vars = options.vars;
  if (!options.session_by.empty()) load.option_vars["session_by"] = options.session_by;
  load.target_name = options.target;
  load.environment = invocation.environment;
  load.folder = invocation.folder;
  load.target.database = std::filesystem::path(warehouse).stem().string();
  if (options.folder.empty()) {
    return dbt::Project::load(dbt::ProjectFiles(embedded_dbt(), "built-in:"), load);
  }
  dbt::Project project = dbt::Project::load(
      dbt::ProjectFiles::from_folder(invocation.path(options.folder), options.folder), load);
  semantic::read_layer(project);  // reports errors in it before anything is built
  return project;
}

void print_warnings(const dbt::Project& project, const CommonOptions& common) {
  for (const std::string& warning : project.warnings()) common.warn(warning);
  const std::optional<semantic::Layer> layer = semantic::read_layer(project);
  if (!layer) return;
  for (const std::string& note : layer->notes) {
    fmt::print(common.err(), "{} {}\n", common.invocation().err.paint(Ink::yellow, "note:"), note);
  }
}

std::string describe_project(const ProjectOptions& options) {
  return options.folder.empty() ? "built-in" : options.folder;
}

}  // namespace gsa::pipeline
