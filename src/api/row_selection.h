#pragma once

// The sessions and generations that a scope selects, one bit each.

#include <bit>
#include <cstdint>
#include <vector>

#include "api/facts.h"
#include "api/metrics_query.h"

namespace gsa::api {

class Bits {
 public:
  explicit Bits(std::size_t size = 0) : words_((size + 63) / 64) {}
  void set(std::size_t at) { words_[at / 64] |= std::uint64_t{1} << (at % 64); }
  bool operator[](std::size_t at) const { return (words_[at / 64] >> (at % 64) & 1) != 0; }
  std::size_t count() const {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }
  // Calls `each` with the index of every set bit, ascending.
  template <typename Each>
  void for_each(const Each& each) const {
    for (std::size_t w = 0; w < words_.size(); ++w) {
      for (std::uint64_t word = words_[w]; word != 0; word &= word - 1) {
        each(w * 64 + static_cast<std::size_t>(std::countr_zero(word)));
      }
    }
  }

 private:
  std::vector<std::uint64_t> words_;
};

struct Selection {
  Bits sessions;
  // With filters on generations: those that pass, in sessions that pass the other filters. Without:
  // empty, because all generations of the sessions are selected.
  bool has_generation_filters = false;
  Bits generations;
};

// `days`: selects only sessions that began on them.
Selection select(const Facts& facts, const Scope& scope, const DayRange& days);

// By user: whether the filters on users pass.
std::vector<std::uint8_t> passing_users(const Facts& facts, const Scope& scope);

}  // namespace gsa::api
