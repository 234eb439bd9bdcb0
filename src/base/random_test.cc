#include "base/random.h"

#include <bit>
#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "base/four_sigma.h"

namespace gsa {
namespace {

using Words = std::array<std::uint32_t, 4>;

// The known answers that Random123 publishes for philox4x32-10, as kat_vectors.
TEST(RandomStream, IsPhilox) {
  EXPECT_EQ(RandomStream(0, 0).at(0, 0).word,
            (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  EXPECT_EQ(RandomStream(kAll, 0xffffffff).at(kAll, 0xffffffff).word,
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(RandomStream(0x299f31d0'a4093822, 0x13198a2e).at(0x85a308d3'243f6a88, 0x03707344).word,
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomBlock, JoinsTwoWordsLowFirst) {
  const RandomBlock block{{1, 2, 3, 4}};
  EXPECT_EQ(block.u64(0), 0x00000002'00000001u);
  EXPECT_EQ(block.u64(1), 0x00000004'00000003u);
}

int bits_apart(const RandomBlock& a, const RandomBlock& b) {
  int bits = 0;
  for (std::size_t i = 0; i < 4; ++i) bits += std::popcount(a.word[i] ^ b.word[i]);
  return bits;
}

// Two independent blocks differ in each of 128 bits with probability 1/2.
TEST(RandomStream, NeighboursOfEveryKindAreIndependent) {
  constexpr std::int64_t kPairs = 10'000;
  std::int64_t by_id = 0, by_block = 0, by_stream = 0, by_seed = 0;
  for (std::uint64_t id = 0; id < kPairs; ++id) {
    const RandomBlock here = RandomStream(7, 1).at(id);
    by_id += bits_apart(here, RandomStream(7, 1).at(id + 1));
    by_block += bits_apart(here, RandomStream(7, 1).at(id, 1));
    by_stream += bits_apart(here, RandomStream(7, 2).at(id));
    by_seed += bits_apart(here, RandomStream(8, 1).at(id));
  }
  for (const std::int64_t bits : {by_id, by_block, by_stream, by_seed}) {
    EXPECT_TRUE(fits_share(bits, kPairs * 128, 0.5));
  }
}

TEST(ToUnit, ReachesZeroAndNeverOne) {
  EXPECT_EQ(to_unit(0), 0.0);
  EXPECT_EQ(to_unit(0x80000000), 0.5);
  EXPECT_LT(to_unit(0xffffffff), 1.0);
}

TEST(ToOpenUnit, IsNeverZeroNorOneAndSymmetric) {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  EXPECT_EQ(to_open_unit(0), 0x1p-53);
  EXPECT_EQ(to_open_unit(kAll), 1 - 0x1p-53);
  const RandomStream stream(1, 1);
  for (std::uint64_t id = 0; id < 1000; ++id) {
    const std::uint64_t word = stream.at(id).u64(0);
    EXPECT_EQ(to_open_unit(word) + to_open_unit(kAll - word), 1.0);
  }
}

TEST(Below, ReachesBothEndsAndNotTheBound) {
  for (const std::uint64_t bound : {1ull, 2ull, 3ull, 1000ull, (1ull << 63) + 1, ~0ull}) {
    EXPECT_EQ(below(std::uint64_t{0}, bound), 0u);
    EXPECT_EQ(below(~std::uint64_t{0}, bound), bound - 1);
  }
  for (const std::uint32_t bound : {1u, 2u, 3u, 1000u, ~0u}) {
    EXPECT_EQ(below(std::uint32_t{0}, bound), 0u);
    EXPECT_EQ(below(~std::uint32_t{0}, bound), bound - 1);
  }
}

TEST(Below, IsUniform) {
  std::vector<std::int64_t> wide(7), narrow(7);
  for (std::uint64_t id = 0; id < 70'000; ++id) {
    const RandomBlock block = RandomStream(3, 9).at(id);
    ++wide[below(block.u64(0), std::uint64_t{7})];
    ++narrow[below(block.word[2], 7u)];
  }
  EXPECT_TRUE(fits_uniform(wide));
  EXPECT_TRUE(fits_uniform(narrow));
}

TEST(NormalQuantile, KnowsTheTables) {
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  EXPECT_NEAR(normal_quantile(0.75), 0.6744897501960817, 1e-15);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-15);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 2e-15);
  EXPECT_NEAR(normal_quantile(1e-10), -6.361340902404056, 3e-15);
}

// erfc computes Phi independently of AS 241. A relative error e of the quantile z moves p by about
// z² e (the hazard rate of the normal is close to z), hence the bound in machine epsilons.
TEST(NormalQuantile, InvertsTheNormalDistributionFarIntoTheTail) {
  for (double p = 0.5; p > 1e-300; p *= 0.83) {
    const double z = normal_quantile(p);
    const double back = std::erfc(-z / std::numbers::sqrt2) / 2;
    EXPECT_NEAR(back / p, 1, 8 * (1 + z * z) * 0x1p-52) << p;
  }
}

TEST(NormalQuantile, IsOddAndIncreases) {
  double last = -100;
  for (std::uint64_t i = 0; i < 4096; ++i) {
    const double p = to_open_unit(i << 52);
    EXPECT_EQ(normal_quantile(1 - p), -normal_quantile(p)) << p;
    EXPECT_GT(normal_quantile(p), last) << p;
    last = normal_quantile(p);
  }
}

}  // namespace
}  // namespace gsa
