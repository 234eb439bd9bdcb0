#pragma once

// What is measured over all rows, as SQL: for reports, which have no filters.

#include <string>
#include <vector>

#include "semantic/layer.h"

namespace gsa::semantic {

// A select of `total_NAME` for each of the bases, and where a dimension of users is given a row for
// each of its values, `by_value`. Of generations those in sessions count. The layer is bound.
std::string totals_sql(const Layer& layer, const std::vector<std::size_t>& bases,
                       const Dimension* by);

std::string total_name(const Base& base);

}  // namespace gsa::semantic
