#pragma once

// Reads the semantic layer of a dbt project.

#include <optional>

#include "dbt/project.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// Nullopt if the project describes no sessions: the dashboard cannot show such a project. Throws
// Error with file and line for duplicate names, metrics that loop or use unknown measures, unknown
// aggregations and the like. Uses no database: bind() checks the expressions.
std::optional<Layer> read_layer(const dbt::Project& project);

}  // namespace gsa::semantic
