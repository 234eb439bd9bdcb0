#pragma once

// profiles.yml: the target to build the project for.

#include <string>
#include <vector>

#include "base/environment.h"
#include "dbt/context.h"
#include "dbt/project_files.h"

namespace gsa::dbt {

// Looks in $DBT_PROFILES_DIR, then in the project's folder, then in ~/.dbt; a project in memory has
// only its own, unless a target is named: then it also looks in `folder`. A relative
// $DBT_PROFILES_DIR is below `folder`; if that is empty, below the process's own. A profile in
// ~/.dbt that is not for DuckDB only gives a warning. Reads schema, threads, settings and
// extensions of the output `name` of target.profile; if `name` is empty, of the profile's own
// target. Of an output for Trino it keeps all that is said in target.output; if target.type is
// "trino", models get its database and schema, and else they stay at home. `context` renders
// templates in it. Changes nothing if there is no such file. Throws Error at the place of a mistake
// or of a setting that gsa cannot honour; settings that make no difference to most projects only
// give warnings.
void read_profile(const ProjectFiles& files, Context& context, const std::string& name,
                  Target& target, std::vector<std::string>& warnings,
                  const Environment& environment, const std::string& folder);

}  // namespace gsa::dbt
