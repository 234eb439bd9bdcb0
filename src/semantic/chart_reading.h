#pragma once

// What pages show: the saved queries of a project.

#include "dbt/project.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// Adds them to a layer that has its measures and dimensions. Throws Error with file and line where
// one names what is not there.
void read_charts(const dbt::Project& project, Layer& layer);

}  // namespace gsa::semantic
