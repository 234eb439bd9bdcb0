#pragma once

// Reads how pages show values: words, colors, shapes and formats. All functions throw Error at the
// place of the element for what pages do not have.

#include <string>
#include <vector>

#include "dbt/project.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// What pages have; openapi.yaml lists the same names.
const std::vector<std::string>& number_formats();
const std::vector<std::string>& colors();
const std::vector<std::string>& shapes();

// The words, colors and shapes of the values, and the name of the signal.
void read_style(const dbt::Project& project, const dbt::DimensionSpec& spec, Dimension& into);
// The end of the last bin, and whether the numbers have the colors of the scale.
void read_style(const dbt::Project& project, const dbt::DimensionSpec& spec, const dbt::Dict& bins,
                Range& into);

}  // namespace gsa::semantic
