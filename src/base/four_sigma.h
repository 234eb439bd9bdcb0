#pragma once

// For tests of random numbers: does a count fit its law? Every bound is four standard deviations of
// the statistic under the law, so a correct law fails one seed in 16,000; the tests' seeds are
// fixed.

#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace gsa {

inline constexpr double kSigmas = 4;

// `value` has this mean and this standard deviation if the law holds.
inline testing::AssertionResult fits_mean(double value, double mean, double sigma) {
  if (std::abs(value - mean) <= kSigmas * sigma) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << value << " is " << (value - mean) / sigma << " sigma from " << mean;
}

// `hits` of `trials` is binomial: sigma² = n p (1 - p). Fails if the trials are too few to tell p
// from p/2.
inline testing::AssertionResult fits_share(std::int64_t hits, std::int64_t trials, double p) {
  const auto n = static_cast<double>(trials);
  const double sigma = std::sqrt(n * p * (1 - p));
  if (n * p / 2 < kSigmas * sigma) {
    return testing::AssertionFailure() << trials << " trials are too few for " << p;
  }
  return fits_mean(static_cast<double>(hits), n * p, sigma)
         << " (" << hits << " of " << trials << ")";
}

// Pearson's chi-square of `counts` against `shares`, which sum to 1. Its cube root over k = cells -
// 1 degrees is nearly normal, mean 1 - 2/9k and variance 2/9k (Wilson and Hilferty, 1931). Too even
// counts fail as well. Expects at least five in each cell, and no hit where the share is 0.
inline testing::AssertionResult fits_shares(std::span<const std::int64_t> counts,
                                            std::span<const double> shares) {
  if (counts.size() != shares.size()) return testing::AssertionFailure() << "cells differ";
  const auto n =
      static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  double chi_square = 0, k = -1;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = n * shares[i];
    if (expected == 0 && counts[i] == 0) continue;
    if (expected < 5) return testing::AssertionFailure() << "cell " << i << " expects " << expected;
    chi_square += std::pow(static_cast<double>(counts[i]) - expected, 2) / expected;
    ++k;
  }
  return fits_mean(std::cbrt(chi_square / k), 1 - 2 / (9 * k), std::sqrt(2 / (9 * k)))
         << " (chi-square " << chi_square << " of " << k << " degrees)";
}

inline testing::AssertionResult fits_uniform(std::span<const std::int64_t> counts) {
  const std::vector<double> shares(counts.size(), 1 / static_cast<double>(counts.size()));
  return fits_shares(counts, shares);
}

// The correlation of n independent pairs has mean 0 and sigma 1/√(n-1).
inline testing::AssertionResult fits_independence(std::span<const double> x,
                                                  std::span<const double> y) {
  if (x.size() != y.size() || x.size() < 1000)
    return testing::AssertionFailure() << "too few pairs";
  const auto n = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (xx == 0 || yy == 0) return testing::AssertionFailure() << "one of the two never varies";
  return fits_mean(xy / std::sqrt(xx * yy), 0, 1 / std::sqrt(n - 1));
}

// The index of the cell, of `cells` equal ones, that contains 0 <= fraction < 1.
inline std::size_t cell_of(double fraction, std::size_t cells) {
  return static_cast<std::size_t>(fraction * static_cast<double>(cells));
}

}  // namespace gsa
