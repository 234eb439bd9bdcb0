#include "api/interval.h"

#include <algorithm>
#include <cmath>

namespace gsa::api {

std::optional<Interval> wilson(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return std::nullopt;
  const auto n = static_cast<double>(whole);
  const double p = static_cast<double>(part) / n;
  const double z2 = kZ * kZ;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return Interval{std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

std::optional<Interval> clustered(double part, double whole, const ClusterSums& clusters) {
  if (whole == 0 || clusters.users < 2) return std::nullopt;
  const double ratio = part / whole;
  const double squares =
      clusters.part_part - 2 * ratio * clusters.part_whole + ratio * ratio * clusters.whole_whole;
  const double variance =
      std::max(0.0, squares) * clusters.users / (clusters.users - 1) / (whole * whole);
  const double half = kZ * std::sqrt(variance);
  return Interval{ratio - half, ratio + half};
}

}  // namespace gsa::api
