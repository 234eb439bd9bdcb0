#include "app/project.h"

#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "base/embedded.h"
#include "base/invocation.h"
#include "base/terminal.h"
#include "dbt/project_files.h"
#include "duck/address_space.h"
#include "semantic/layer_reading.h"

namespace gsa::app {

dbt::Project load_project(const ProjectOptions& options, const std::string& warehouse) {
  duck::check_address_space();
  dbt::LoadOptions load;
  load.vars = options.vars;
  load.target_name = options.target;
  load.target.database = std::filesystem::path(warehouse).stem().string();
  if (options.folder.empty()) {
    return dbt::Project::load(dbt::ProjectFiles(embedded_dbt(), "built-in:"), load);
  }
  dbt::Project project = dbt::Project::load(dbt::ProjectFiles::from_folder(options.folder), load);
  semantic::read_layer(project);  // says what is wrong with it before anything is made
  return project;
}

void print_warnings(const dbt::Project& project) {
  for (const std::string& warning : project.warnings()) {
    fmt::print(err_stream(), "{} {}\n", paint(err_fd(), Ink::yellow, "warning:"), warning);
  }
  const std::optional<semantic::Layer> layer = semantic::read_layer(project);
  if (!layer) return;
  for (const std::string& note : layer->notes) {
    fmt::print(err_stream(), "{} {}\n", paint(err_fd(), Ink::yellow, "note:"), note);
  }
}

std::string describe_project(const ProjectOptions& options) {
  return options.folder.empty() ? "built-in" : options.folder;
}

}  // namespace gsa::app
