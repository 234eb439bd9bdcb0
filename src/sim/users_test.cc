#include "sim/users.h"

#include <array>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/four_sigma.h"

namespace gsa::sim {
namespace {

constexpr Period kDecember{2025, 12};
constexpr std::uint64_t kSeed = 42;
constexpr std::int32_t kCount = 20'000;
constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kDayUs = 24 * kHourUs;
constexpr std::array<std::int32_t, 3> kWeights = {1, 3, 8};

const std::vector<User>& users() {
  static const std::vector<User> drawn = [] {
    std::vector<User> all;
    for (std::int32_t id = 0; id < kCount; ++id) all.push_back(user_at(kSeed, kDecember, id));
    return all;
  }();
  return drawn;
}

template <typename Trait>
std::vector<std::int64_t> count_by(Trait UserTraits::*trait, std::size_t values) {
  std::vector<std::int64_t> counts(values);
  for (const User& user : users()) ++counts.at(static_cast<std::size_t>(user.*trait));
  return counts;
}

TEST(Users, HaveTiersRegionsAndDevicesInTheirShares) {
  EXPECT_TRUE(fits_shares(count_by(&User::tier, 3), std::array{0.70, 0.25, 0.05}));
  EXPECT_TRUE(fits_shares(count_by(&User::region, 5), std::array{0.30, 0.25, 0.20, 0.15, 0.10}));
  EXPECT_TRUE(fits_shares(count_by(&User::device, 3), std::array{0.70, 0.25, 0.05}));
}

TEST(NamedUsers, HaveTheSameSharesAndKeepTheirTraits) {
  std::vector<std::int64_t> tiers(3), regions(5), devices(3);
  std::int64_t as_with_other_seed = 0;
  for (std::int32_t id = 0; id < kCount; ++id) {
    const std::string name = "user " + std::to_string(id);
    const UserTraits traits = traits_of(kSeed, name);
    ++tiers.at(static_cast<std::size_t>(traits.tier));
    ++regions.at(static_cast<std::size_t>(traits.region));
    ++devices.at(static_cast<std::size_t>(traits.device));
    as_with_other_seed += traits_of(kSeed + 1, name).region == traits.region;
  }
  EXPECT_TRUE(fits_shares(tiers, std::array{0.70, 0.25, 0.05}));
  EXPECT_TRUE(fits_shares(regions, std::array{0.30, 0.25, 0.20, 0.15, 0.10}));
  EXPECT_TRUE(fits_shares(devices, std::array{0.70, 0.25, 0.05}));
  // Two independent draws agree with probability 0.09 + 0.0625 + 0.04 + 0.0225 + 0.01 = 0.225.
  const std::vector<std::int64_t> agree = {as_with_other_seed, kCount - as_with_other_seed};
  EXPECT_TRUE(fits_shares(agree, std::array{0.225, 0.775}));

  // Whoever has to change these changes the tier of every observed user.
  const UserTraits golden = traits_of(42, "deadbeef");
  EXPECT_EQ(std::tuple(golden.tier, golden.region, golden.device),
            std::tuple(Tier::free, Region::us_east, Device::mobile));
}

TEST(Users, SignUpUniformlyOverTheYearThatEndsWithTheMonth) {
  std::vector<std::int64_t> by_day(365), by_hour(24);
  const std::int64_t begin = kDecember.end_us() - 365 * kDayUs;
  for (const User& user : users()) {
    ASSERT_GE(user.signup_us, begin);
    ASSERT_LT(user.signup_us, kDecember.end_us());
    ++by_day[static_cast<std::size_t>((user.signup_us - begin) / kDayUs)];
    ++by_hour[static_cast<std::size_t>((user.signup_us - begin) % kDayUs / kHourUs)];
  }
  EXPECT_TRUE(fits_uniform(by_day));
  // A day expects 55 signups, sigma 7.4: an empty one at either end is no accident.
  EXPECT_GT(by_day.front(), 0);
  EXPECT_GT(by_day.back(), 0);
  EXPECT_TRUE(fits_uniform(by_hour));
}

TEST(Users, MoveTheirSignupWithTheMonthAndKeepTheRest) {
  const User december = user_at(kSeed, kDecember, 7);
  const User february = user_at(kSeed, {2024, 2}, 7);
  EXPECT_EQ(kDecember.end_us() - december.signup_us,
            (Period{2024, 2}.end_us() - february.signup_us));
  EXPECT_EQ(december.tier, february.tier);
  EXPECT_EQ(december.region, february.region);
  EXPECT_EQ(december.device, february.device);
}

using Feature = std::vector<double>;

std::vector<Feature> features_of(std::uint64_t seed, std::int32_t first_id) {
  std::vector<Feature> features(4);
  for (std::int32_t id = first_id; id < first_id + kCount; ++id) {
    const User user = user_at(seed, kDecember, id);
    features[0].push_back(static_cast<double>(user.tier));
    features[1].push_back(static_cast<double>(user.region));
    features[2].push_back(static_cast<double>(user.device));
    features[3].push_back(static_cast<double>(user.signup_us - kDecember.begin_us()));
  }
  return features;
}

TEST(Users, HaveIndependentTraits) {
  const std::vector<Feature> features = features_of(kSeed, 0);
  for (std::size_t i = 0; i < features.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_TRUE(fits_independence(features[i], features[j])) << i << " and " << j;
    }
  }
}

TEST(Users, DependNeitherOnTheirNeighboursNorOnOtherSeeds) {
  const std::vector<Feature> here = features_of(kSeed, 0);
  const std::vector<Feature> next = features_of(kSeed, 1);
  const std::vector<Feature> other = features_of(kSeed + 1, 0);
  for (std::size_t i = 0; i < here.size(); ++i) {
    EXPECT_TRUE(fits_independence(here[i], next[i])) << i;
    EXPECT_TRUE(fits_independence(here[i], other[i])) << i;
  }
}

// Whoever has to change a number here changes every dataset made so far.
TEST(GoldenUsers, AreStillTheSame) {
  const User first = user_at(42, kDecember, 0), last = user_at(42, kDecember, 499);
  EXPECT_EQ(first.tier, Tier::pro);
  EXPECT_EQ(first.region, Region::europe);
  EXPECT_EQ(first.device, Device::desktop);
  EXPECT_EQ(first.signup_us, 1'737'924'901'456'516);
  EXPECT_EQ(last.tier, Tier::pro);
  EXPECT_EQ(last.region, Region::us_east);
  EXPECT_EQ(last.device, Device::mobile);
  EXPECT_EQ(last.signup_us, 1'749'241'205'816'095);
}

TEST(Population, HoldsTheUsersAndWhenEachCanFirstGenerate) {
  const Population population(kSeed, kDecember, kCount);
  ASSERT_EQ(population.size(), kCount);
  int born_inside = 0;
  for (std::int32_t id = 0; id < kCount; ++id) {
    const User& user = users()[static_cast<std::size_t>(id)];
    ASSERT_EQ(population.tier(id), user.tier);
    const bool inside = user.signup_us > kDecember.begin_us();
    ASSERT_EQ(population.active_from_us(id), inside ? user.signup_us : kDecember.begin_us());
    born_inside += inside;
  }
  // December is 31 of the 365 days.
  EXPECT_TRUE(fits_share(born_inside, kCount, 31.0 / 365));
}

// A word in the middle of each of W equal parts of the 64-bit range, W the sum of the weights,
// picks every user exactly as often as it weighs.
TEST(Population, PicksEveryUserByItsWeight) {
  const Population population(kSeed, kDecember, 500);
  std::uint64_t weight = 0;
  for (std::int32_t id = 0; id < 500; ++id) {
    weight += static_cast<std::uint64_t>(kWeights[static_cast<std::size_t>(population.tier(id))]);
  }
  std::vector<std::int32_t> picked(500);
  const std::uint64_t part = std::numeric_limits<std::uint64_t>::max() / weight;
  for (std::uint64_t i = 0; i < weight; ++i) {
    ++picked[static_cast<std::size_t>(population.pick(i * part + part / 2))];
  }
  for (std::int32_t id = 0; id < 500; ++id) {
    EXPECT_EQ(picked[static_cast<std::size_t>(id)],
              kWeights[static_cast<std::size_t>(population.tier(id))]);
  }
}

TEST(Population, NeedsUsers) {
  EXPECT_THROW(Population(kSeed, kDecember, 0), Bug);
  EXPECT_EQ(Population(kSeed, kDecember, 1).pick(~std::uint64_t{0}), 0);
}

}  // namespace
}  // namespace gsa::sim
