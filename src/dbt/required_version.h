#pragma once

// `require-dbt-version` of dbt_project.yml, held against the dbt whose words gsa speaks.

#include <string>

#include "dbt/yaml.h"

namespace gsa::dbt {

// dbt-core's, as templates see it. Of 1.11 gsa speaks what no release of it has changed since.
inline constexpr const char* kDbtVersion = "1.11.0";

// `required` is ">=1.10.0", several such joined by commas, or a list of them. Throws Error at its
// place if no release of dbt 1.11 meets all, or if it is no version.
void check_required_version(const Yaml& required, const std::string& project);

}  // namespace gsa::dbt
