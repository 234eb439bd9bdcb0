#pragma once

// The packages that `dbt deps` installed in the project's folder: their macros and generic tests
// can be used. What they would build is not (unsupported.h).

#include <string>
#include <vector>

#include "dbt/context.h"
#include "dbt/project_files.h"

namespace gsa::dbt {

// Defines the macros of all packages below dbt_packages/. A file that cannot be read is warned of
// with its place, and only its macros are missing. What packages.yml names and is not installed is
// told to who uses it.
void add_packages(const ProjectFiles& files, Context& context, std::vector<std::string>& warnings);

}  // namespace gsa::dbt
