#pragma once

// Measures from the sums of groups.

#include <optional>
#include <vector>

#include "api/aggregate.h"

namespace gsa::api {

// What measures are made of, each once; what is counted from users apart.
struct Ingredients {
  std::vector<std::size_t> bases, of_users;
};
Ingredients ingredients_of(const Layer& layer, const std::vector<const Measure*>& measures);

// In the measure's unit; nothing where there is nothing to divide by or to take a quantile of.
std::optional<double> value_of(const Layer& layer, const Measure& measure, const Groups& groups,
                               std::size_t group);

// The measure's unit for a ratio of sums as they are added up.
double scale_of(const Layer& layer, const Measure& measure);

// What the measure is where there are no rows: 0 of a sum.
std::optional<double> value_of_nothing(const Layer& layer, const Measure& measure);

}  // namespace gsa::api
