#pragma once

// `unit_tests` of manifest.json.

#include "dbt/artifact_values.h"

namespace gsa::dbt {

Value unit_tests_in_manifest(const Project& project, double created_at);

}  // namespace gsa::dbt
