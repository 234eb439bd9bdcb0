#pragma once

// The dbt project that a command works on.

#include <string>

#include "app/options.h"
#include "dbt/project.h"

namespace gsa::app {

// The project in options.folder, or the built-in one, with options.vars. Templates see `warehouse`,
// a file, as the database of that name.
dbt::Project load_project(const ProjectOptions& options, const std::string& warehouse = "");

// Prints what is doubtful about it to stderr.
void print_warnings(const dbt::Project& project);

// What provenance says of it: "built-in", or the folder.
std::string describe_project(const ProjectOptions& options);

}  // namespace gsa::app
