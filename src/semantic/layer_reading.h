#pragma once

// Reads the semantic layer of a dbt project.

#include <optional>

#include "dbt/project.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// Nothing where the project describes no sessions: it is not one that the dashboard can show.
// Throws Error with file and line for what is wrong: a name twice, a metric that loops or whose
// measure is not known, an aggregation that does not exist. Asks no database: bind() says whether
// expressions hold.
std::optional<Layer> read_layer(const dbt::Project& project);

}  // namespace gsa::semantic
