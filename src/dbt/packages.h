#pragma once

// The packages that `dbt deps` installed in the project's folder: their macros and generic tests
// are available. Models and other nodes of packages are not built (unsupported.h).

#include <string>
#include <vector>

#include "dbt/context.h"
#include "dbt/project_files.h"

namespace gsa::dbt {

// Defines the macros of all packages below dbt_packages/. If a file cannot be read, warns with its
// place and omits only its macros. Using a package that packages.yml names but that is not
// installed gives an error that says so.
void add_packages(const ProjectFiles& files, Context& context, std::vector<std::string>& warnings);

}  // namespace gsa::dbt
