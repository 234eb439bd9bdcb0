#pragma once

// `macros` of manifest.json: those of the project and its packages, and of dbt's own those that
// something here calls.

#include <string>
#include <vector>

#include "dbt/artifact_values.h"

namespace gsa::dbt {

// `called` are unique ids of macros that nodes call.
Value macros_in_manifest(const Project& project, const std::vector<std::string>& called,
                         double created_at);

}  // namespace gsa::dbt
