#pragma once

// Reads the saved queries of a project, which define what pages show.

#include "dbt/project.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// Adds them to a layer that already has its measures and dimensions. Throws Error with file and
// line if a query names anything that does not exist.
void read_charts(const dbt::Project& project, Layer& layer);

}  // namespace gsa::semantic
