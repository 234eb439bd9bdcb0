#include "pipeline/open_project.h"

#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "base/embedded.h"
#include "dbt/project_files.h"

namespace gsa::pipeline {

dbt::Project load_project(const ProjectOptions& options, const Invocation& invocation,
                          const std::string& warehouse) {
  dbt::LoadOptions load;
  load.vars = options.vars;
  load.target_name = options.target;
  load.environment = invocation.environment;
  load.folder = invocation.folder;
  load.target.database = std::filesystem::path(warehouse).stem().string();
  if (options.folder.empty()) {
    return dbt::Project::load(dbt::ProjectFiles(embedded_dbt(), "built-in:"), load);
  }
  return dbt::Project::load(
      dbt::ProjectFiles::from_folder(invocation.path(options.folder), options.folder), load);
}

void print_warnings(const dbt::Project& project, const CommonOptions& common) {
  for (const std::string& warning : project.warnings()) common.warn(warning);
}

std::string describe_project(const ProjectOptions& options) {
  return options.folder.empty() ? "built-in" : options.folder;
}

}  // namespace gsa::pipeline
