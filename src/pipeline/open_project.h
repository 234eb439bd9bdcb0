#pragma once

// The dbt project that a command works on.

#include <string>

#include "dbt/project.h"
#include "pipeline/run_options.h"

namespace gsa::pipeline {

// The project in options.folder, or the built-in one, with options.vars. Templates see `warehouse`,
// a file, as the database of that name.
// Relative folders and environment variables are those of the invocation.
dbt::Project load_project(const ProjectOptions& options, const Invocation& invocation,
                          const std::string& warehouse = "");

// Prints what is doubtful about it to stderr.
void print_warnings(const dbt::Project& project, const CommonOptions& common);

// What provenance says of it: "built-in", or the folder.
std::string describe_project(const ProjectOptions& options);

}  // namespace gsa::pipeline
