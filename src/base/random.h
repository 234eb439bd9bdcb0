#pragma once

// Counter-based random numbers: a value is a pure function of (seed, stream, id), whatever the
// order of work. Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy
// as 1, 2, 3" (SC 2011), as implemented by Random123. The key is the seed, the counter (id,
// stream).

#include <array>
#include <cstdint>

#include <Random123/philox.h>

#include "base/uint128.h"

namespace gsa {

// Four independent uniform 32-bit words.
struct RandomBlock {
  std::array<std::uint32_t, 4> word;

  std::uint64_t u64(int half) const {  // half: 0 or 1
    const auto i = static_cast<std::size_t>(half) * 2;
    return (std::uint64_t{word[i + 1]} << 32) | word[i];
  }
};

class RandomStream {
 public:
  constexpr RandomStream(std::uint64_t seed, std::uint32_t stream) : seed_(seed), stream_(stream) {}

  // `block` numbers further blocks of the same id.
  RandomBlock at(std::uint64_t id, std::uint32_t block = 0) const {
    using Philox = r123::Philox4x32;
    const Philox::ctr_type counter = {
        {static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32), stream_, block}};
    const Philox::key_type key = {
        {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}};
    const Philox::ctr_type out = Philox{}(counter, key);
    return {{out[0], out[1], out[2], out[3]}};
  }

 private:
  std::uint64_t seed_;
  std::uint32_t stream_;
};

// Uniform in [0, 1), of 2^32 equally likely values.
inline double to_unit(std::uint32_t word) { return word * 0x1p-32; }

// Uniform in (0, 1), symmetric about 1/2, of 2^52 values: safe for logarithms and quantiles.
inline double to_open_unit(std::uint64_t word) {
  return (static_cast<double>(word >> 12) + 0.5) * 0x1p-52;
}

// Uniform integer in [0, bound) by multiply-shift; bias below bound / 2^64. bound > 0.
inline std::uint64_t below(std::uint64_t word, std::uint64_t bound) {
  return static_cast<std::uint64_t>((static_cast<uint128>(word) * bound) >> 64);
}
inline std::uint32_t below(std::uint32_t word, std::uint32_t bound) {
  return static_cast<std::uint32_t>((std::uint64_t{word} * bound) >> 32);
}

// The standard normal quantile of 0 < p < 1, exact to about 1e-16: algorithm AS 241 (PPND16) of
// M. J. Wichura, "The percentage points of the normal distribution", Applied Statistics 37 (1988).
double normal_quantile(double p);

}  // namespace gsa
