#pragma once

// Measures over all rows as SQL, for reports without filters.

#include <string>
#include <vector>

#include "semantic/layer.h"

namespace gsa::semantic {

// A SELECT with a column `total_NAME` for each base. With a dimension of users, one row for each of
// its values, in `by_value`. Counts only generations in sessions. The layer must be bound.
std::string totals_sql(const Layer& layer, const std::vector<std::size_t>& bases,
                       const Dimension* by);

std::string total_name(const Base& base);

}  // namespace gsa::semantic
