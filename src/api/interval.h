#pragma once

// 95 % intervals.

#include <cstdint>
#include <optional>

#include "api/aggregate.h"

namespace gsa::api {

struct Interval {
  double low, high;
};

// 97.5th percentile of the normal distribution.
inline constexpr double kZ = 1.959963984540054;

// For the share `part` / `whole` of independent trials: Wilson's score interval (Wilson 1927, JASA
// 22, 209–212). Nullopt without trials.
std::optional<Interval> wilson(std::int64_t part, std::int64_t whole);

// For the ratio Σpart / Σwhole with users as clusters: the normal interval with the variance of the
// linearised ratio, u/(u−1) × Σ(part_i − ratio × whole_i)² / (Σwhole)² over users i (Cochran 1977,
// Sampling Techniques, 6.3). In the unit of the sums; nullopt with fewer than two users.
std::optional<Interval> clustered(double part, double whole, const ClusterSums& clusters);

}  // namespace gsa::api
