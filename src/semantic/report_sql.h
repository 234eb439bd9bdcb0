#pragma once

// Measures over all rows as SQL, for reports without filters.

#include <string>
#include <vector>

#include "semantic/layer.h"

namespace gsa::semantic {

// What a report is split by: the values of a dimension, or a coarser value that SQL makes of them.
struct ReportBy {
  const Dimension* dimension = nullptr;
  std::string sql;  // over rows of the dimension's level
};

// A SELECT with a column `total_NAME` for each base. With a split, one row for each of its values,
// in `by_value`: a session is in the groups of all its generations, and bases of users are only
// split by dimensions of users. Counts only generations in sessions. The layer must be bound.
std::string totals_sql(const Layer& layer, const std::vector<std::size_t>& bases,
                       const ReportBy* by);

std::string total_name(const Base& base);

}  // namespace gsa::semantic
