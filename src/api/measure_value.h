#pragma once

// Computes measures from the sums of groups.

#include <optional>
#include <vector>

#include "api/aggregate.h"

namespace gsa::api {

// The bases of some measures, without duplicates; those counted over users separately.
struct Ingredients {
  std::vector<std::size_t> bases, of_users;
};
Ingredients ingredients_of(const Layer& layer, const std::vector<const Measure*>& measures);

// In the measure's unit; nullopt if the denominator is zero, if there are no values for a quantile,
// or if no row of the group knows it.
std::optional<double> value_of(const Layer& layer, const Measure& measure, const Groups& groups,
                               std::size_t group);

// The share of the group's rows that know the measure; nullopt if it cannot be unknown, or if there
// are no rows.
std::optional<double> coverage_of(const Layer& layer, const Measure& measure, const Groups& groups,
                                  std::size_t group);

// Factor from a ratio of stored sums to the measure's unit.
double scale_of(const Layer& layer, const Measure& measure);

// The measure's value without rows: 0 for a sum.
std::optional<double> value_of_nothing(const Layer& layer, const Measure& measure);

}  // namespace gsa::api
