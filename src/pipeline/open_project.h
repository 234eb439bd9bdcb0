#pragma once

// Loads the dbt project of a command.

#include <memory>
#include <string>

#include "dbt/project.h"
#include "pipeline/run_options.h"
#include "remote/remote_target.h"

namespace gsa::pipeline {

// The project in options.folder, or the built-in one, with options.vars. Templates see `warehouse`,
// a file, as the database of that name. Relative folders and environment variables are the
// invocation's. Throws Error if the project is invalid.
dbt::Project load_project(const ProjectOptions& options, const Invocation& invocation,
                          const std::string& warehouse = "");

// The engine on which the project's target makes its models; null if that is DuckDB. Does not
// connect yet. `home` is what load_project() gave for these arguments, and must outlive it.
std::unique_ptr<remote::Target> load_remote(const ProjectOptions& options, const dbt::Project& home,
                                            const CommonOptions& common);

// Prints the project's warnings to stderr.
void print_warnings(const dbt::Project& project, const CommonOptions& common);

// The project's name in the provenance: "built-in", or the folder.
std::string describe_project(const ProjectOptions& options);

}  // namespace gsa::pipeline
