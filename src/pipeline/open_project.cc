#include "pipeline/open_project.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <unistd.h>

#include <fmt/format.h>

#include "base/embedded.h"
#include "dbt/project_files.h"
#include "duck/address_space.h"
#include "semantic/layer_reading.h"

namespace gsa::pipeline {

namespace {

std::string this_machine() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// The project as an engine gets it.
dbt::Project load_for(const std::string& engine, const ProjectOptions& options,
                      const Invocation& invocation, const std::string& warehouse) {
  dbt::LoadOptions load;
  load.vars = options.vars;
  if (!options.session_by.empty()) load.option_vars["session_by"] = options.session_by;
  load.target_name = options.target;
  load.environment = invocation.environment;
  load.folder = invocation.folder;
  load.target.type = engine;
  load.target.database = std::filesystem::path(warehouse).stem().string();
  return dbt::Project::load(
      options.folder.empty()
          ? dbt::ProjectFiles(embedded_dbt(), "built-in:")
          : dbt::ProjectFiles::from_folder(invocation.path(options.folder), options.folder),
      load);
}

}  // namespace

dbt::Project load_project(const ProjectOptions& options, const Invocation& invocation,
                          const std::string& warehouse) {
  duck::check_address_space();
  dbt::Project project = load_for("duckdb", options, invocation, warehouse);
  // Reports errors in it before anything is built.
  if (!options.folder.empty()) semantic::read_layer(project);
  return project;
}

std::unique_ptr<remote::Target> load_remote(const ProjectOptions& options, const dbt::Project& home,
                                            const CommonOptions& common) {
  if (home.target().output.entries().empty()) return nullptr;
  const Invocation& invocation = common.invocation();
  const std::string warehouse = invocation.path(common.warehouse.path);
  return std::make_unique<remote::Target>(
      home, load_for("trino", options, invocation, ""), this_machine() + ":" + warehouse,
      invocation, warehouse + ".lake", [&common](const std::string& text) { common.note(text); });
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
