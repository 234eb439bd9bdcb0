#pragma once

// What manifest.json says of generic tests alone.

#include <string>

#include "dbt/artifact_values.h"

namespace gsa::dbt {

// The template that dbt makes of a test in a schema file.
std::string generic_test_code(const Node& node, const Project& project);
// {name, kwargs, namespace}
Value generic_test_metadata(const Node& node, const Node& tested);

}  // namespace gsa::dbt
