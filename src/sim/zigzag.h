#pragma once

// Whole numbers counted from 0 outwards: 0, 1, -1, 2, -2 … are number 0, 1, 2, 3, 4 … So what lies
// before and after a fixed point gets numbers that never depend on how far either side is used.

#include <cstdint>

namespace gsa::sim {

constexpr std::int64_t zigzag(std::int64_t value) { return value > 0 ? 2 * value - 1 : -2 * value; }

// `number` >= 0.
constexpr std::int64_t unzigzag(std::int64_t number) {
  return number % 2 == 1 ? (number + 1) / 2 : -(number / 2);
}

}  // namespace gsa::sim
