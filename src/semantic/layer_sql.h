#pragma once

// Measures as SQL, for a bound layer.

#include <functional>
#include <string>

#include "semantic/layer.h"

namespace gsa::semantic {

// The value of a dimension, from the table of its level under the level's alias.
std::string dimension_sql(const Dimension& dimension);
// "sum(s.friction_score)", over rows of the base's level under their alias.
std::string aggregate_sql(const Base& base);
// A sum in which each row counts `weight` times; `weight` is one of its columns.
std::string weighted_sql(const Base& base, const std::string& weight);
// A measure over its bases, for which `total` gives the SQL. Null if the denominator is zero, and
// if there are rows, but none that knows it.
std::string measure_sql(const Layer& layer, const Measure& measure,
                        const std::function<std::string(const Base&)>& total);
// The integer of a row that a sum adds up, in units of 10^-decimals; null adds nothing.
std::string row_number_sql(const Base& base);
std::string scaled_sql(const std::string& expr, int decimals);

}  // namespace gsa::semantic
