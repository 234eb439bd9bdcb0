#include "api/measure_value.h"

#include <algorithm>

namespace gsa::api {

Ingredients ingredients_of(const std::vector<const Measure*>& measures) {
  Ingredients ingredients;
  ingredients.sums.push_back(Sum::sessions);
  for (const Measure* measure : measures) {
    if (measure->quantile != 0) {
      ingredients.quantiles.push_back(measure->quantile);
      continue;
    }
    ingredients.sums.push_back(measure->part);
    if (measure->whole) ingredients.sums.push_back(*measure->whole);
  }
  std::erase(ingredients.sums, Sum::users);  // counted from users, not from sessions
  return ingredients;
}

double scale_of(const Measure& measure) {
  return info(measure.part).scale / (measure.whole ? info(*measure.whole).scale : 1.0);
}

std::optional<double> value_of(const Measure& measure, const Groups& groups, std::size_t group,
                               const Ingredients& ingredients) {
  if (measure.quantile != 0) {
    const auto found =
        std::find(ingredients.quantiles.begin(), ingredients.quantiles.end(), measure.quantile);
    const auto at = static_cast<std::size_t>(found - ingredients.quantiles.begin());
    const std::int32_t latency = groups.quantiles[at][group];
    return latency < 0 ? std::nullopt : std::optional(static_cast<double>(latency));
  }
  // Divided by the whole number that a unit has, not multiplied by its inexact inverse.
  const auto shown = [&](Sum sum) {
    return static_cast<double>(groups.of(sum)[group]) / (1 / info(sum).scale);
  };
  const double part = shown(measure.part);
  if (!measure.whole) return part;
  const double whole = shown(*measure.whole);
  return whole == 0 ? std::nullopt : std::optional(part / whole);
}

}  // namespace gsa::api
