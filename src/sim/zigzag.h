#pragma once

// Counts the whole numbers outwards from 0: 0, 1, -1, 2, -2 … have the numbers 0, 1, 2, 3, 4 … So
// everything before and after a fixed point gets a number that does not depend on how far either
// side is used.

#include <cstdint>

namespace gsa::sim {

constexpr std::int64_t zigzag(std::int64_t value) { return value > 0 ? 2 * value - 1 : -2 * value; }

// `number` >= 0.
constexpr std::int64_t unzigzag(std::int64_t number) {
  return number % 2 == 1 ? (number + 1) / 2 : -(number / 2);
}

}  // namespace gsa::sim
