#pragma once

// Measures from the sums of groups.

#include <optional>
#include <vector>

#include "api/aggregate.h"
#include "api/catalog.h"

namespace gsa::api {

// What measures are made of: sums, and quantiles in the order in which they are asked for. Sessions
// are always among them: they are n.
struct Ingredients {
  std::vector<Sum> sums;
  std::vector<double> quantiles;
};
Ingredients ingredients_of(const std::vector<const Measure*>& measures);

// In the measure's unit; nothing where there is nothing to divide by or to take a quantile of.
std::optional<double> value_of(const Measure& measure, const Groups& groups, std::size_t group,
                               const Ingredients& ingredients);

// The measure's unit for a ratio of sums as they are added up.
double scale_of(const Measure& measure);

}  // namespace gsa::api
