#pragma once

// Checks `require-dbt-version` of dbt_project.yml against the version of dbt that gsa follows.

#include <string>

#include "dbt/yaml.h"

namespace gsa::dbt {

// dbt-core's version as templates see it. gsa follows the parts of 1.11 that no release of it has
// changed since.
inline constexpr const char* kDbtVersion = "1.11.0";

// `required` is ">=1.10.0", several of these joined by commas, or a list. Throws Error at its place
// if no release of dbt 1.11 satisfies it, or if it is not a version.
void check_required_version(const Yaml& required, const std::string& project);

}  // namespace gsa::dbt
