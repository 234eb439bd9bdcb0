#pragma once

// Measures as SQL, for a layer that is bound.

#include <functional>
#include <string>

#include "semantic/layer.h"

namespace gsa::semantic {

// "sum(s.friction_score)": of rows of the base's level under their alias.
std::string aggregate_sql(const Base& base);
// A sum in which each row counts by its `weight`, a column of it.
std::string weighted_sql(const Base& base, const std::string& weight);
// A measure of what `total` names each of its bases. Null where there is nothing to divide by.
std::string measure_sql(const Layer& layer, const Measure& measure,
                        const std::function<std::string(const Base&)>& total);
// The whole number of a row that a sum adds up, in 10^-decimals; null adds nothing.
std::string row_number_sql(const Base& base);
std::string scaled_sql(const std::string& expr, int decimals);

}  // namespace gsa::semantic
