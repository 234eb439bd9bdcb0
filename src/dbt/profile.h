#pragma once

// profiles.yml: the target that the project is built for.

#include <string>
#include <vector>

#include "base/environment.h"
#include "dbt/context.h"
#include "dbt/project_files.h"

namespace gsa::dbt {

// Looks in $DBT_PROFILES_DIR, which is relative to `folder` (empty: the process's own), else in the
// project's folder, else in ~/.dbt, of which what is not for DuckDB is warned of; a project in
// memory has only its own. Reads schema, threads, settings and extensions of the output `name` of
// target.profile, or of the profile's own target where `name` is empty; `context` renders templates
// in it. Leaves all as it is where there is no such file. Throws Error at the place of what is
// wrong or cannot be honoured; what makes no difference to most projects is warned of.
void read_profile(const ProjectFiles& files, Context& context, const std::string& name,
                  Target& target, std::vector<std::string>& warnings,
                  const Environment& environment, const std::string& folder);

}  // namespace gsa::dbt
