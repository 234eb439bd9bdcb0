#include "sim/users.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
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
    for (std::int32_t id = 0; id < kCount; ++id) all.push_back(user_at(kSeed, kCount, id));
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

  // Changing these values changes the tier of every observed user.
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
  // A day expects 55 signups, sigma 7.4, so an empty first or last day is no accident.
  EXPECT_GT(by_day.front(), 0);
  EXPECT_GT(by_day.back(), 0);
  EXPECT_TRUE(fits_uniform(by_hour));
}

TEST(Users, AreFollowedOnTheirSeatsEvery365Days) {
  constexpr std::int32_t kSeats = 500;
  // Turns 0, 1, -1, 2, -2: each has a block of ids, one per seat.
  constexpr std::int64_t kTurns[] = {0, 1, -1, 2, -2};
  for (std::int32_t seat = 0; seat < kSeats; seat += 7) {
    const std::int64_t first = user_at(kSeed, kSeats, seat).signup_us;
    for (std::int32_t block = 0; block < 5; ++block) {
      EXPECT_EQ(user_at(kSeed, kSeats, block * kSeats + seat).signup_us,
                first + kTurns[block] * 365 * kDayUs);
    }
  }
}

TEST(Users, HaveTraitsAndPhasesThatDoNotDependOnTheSeats) {
  const User of_few = user_at(kSeed, 500, 1234), of_many = user_at(kSeed, 2000, 1234);
  EXPECT_EQ(of_few.tier, of_many.tier);
  EXPECT_EQ(of_few.region, of_many.region);
  EXPECT_EQ(of_few.device, of_many.device);
  EXPECT_EQ(user_at(kSeed, 500, 234).signup_us, user_at(kSeed, 2000, 234).signup_us);
}

using Feature = std::vector<double>;

std::vector<Feature> features_of(std::uint64_t seed, std::int32_t first_id) {
  std::vector<Feature> features(4);
  for (std::int32_t id = first_id; id < first_id + kCount; ++id) {
    const User user = user_at(seed, kCount + 1, id);
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

// Changing a number here changes every dataset made so far.
TEST(GoldenUsers, AreStillTheSame) {
  const User first = user_at(42, 500, 0), last = user_at(42, 500, 499);
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
    const Population::Member& member = population.member(id);
    ASSERT_EQ(member.user_id, id);
    ASSERT_EQ(member.tier, user.tier);
    const bool inside = user.signup_us > kDecember.begin_us();
    ASSERT_EQ(member.active_from_us, inside ? user.signup_us : kDecember.begin_us());
    born_inside += inside;
  }
  // December is 31 of the 365 days.
  EXPECT_TRUE(fits_share(born_inside, kCount, 31.0 / 365));
}

// Splits the 64-bit range into W equal parts, where W is the sum of the weights. The words in the
// middle of the parts pick every user exactly as often as the user's weight.
TEST(Population, PicksEveryUserByItsWeight) {
  for (const Period& month : {kDecember, Period{2027, 3}}) {
    const Population population(kSeed, month, 500);
    std::uint64_t weight = 0;
    std::map<std::int32_t, int> expected, picked;
    for (std::int32_t seat = 0; seat < 500; ++seat) {
      const Population::Member& member = population.member(seat);
      expected[member.user_id] = kWeights[static_cast<std::size_t>(member.tier)];
      weight += static_cast<std::uint64_t>(expected[member.user_id]);
    }
    const std::uint64_t part = std::numeric_limits<std::uint64_t>::max() / weight;
    for (std::uint64_t i = 0; i < weight; ++i) {
      ++picked[population.member(population.pick(i * part + part / 2)).user_id];
    }
    EXPECT_EQ(picked, expected) << month.name();
  }
}

TEST(Population, NeedsUsers) {
  EXPECT_THROW(Population(kSeed, kDecember, 0), Bug);
  EXPECT_EQ(Population(kSeed, kDecember, 1).pick(~std::uint64_t{0}), 0);
}

// ---- Months

std::set<std::int32_t> ids_of(const Population& population) {
  std::set<std::int32_t> ids;
  for (std::int32_t seat = 0; seat < population.size(); ++seat) {
    ids.insert(population.member(seat).user_id);
  }
  return ids;
}

// Checks the definition against every id of 40 years of turns.
TEST(Months, HaveTheUsersWhoSignedUpInTheYearThatEndsWithThem) {
  constexpr std::int32_t kSeats = 200;
  for (const Period& month : parse_months("2010-02,2024-02,2025-01..2027-01,2040-06")) {
    std::set<std::int32_t> expected;
    for (std::int32_t id = 0; id < 40 * kSeats; ++id) {
      const std::int64_t signup = user_at(kSeed, kSeats, id).signup_us;
      if (signup >= month.end_us() - 365 * kDayUs && signup < month.end_us()) expected.insert(id);
    }
    EXPECT_EQ(ids_of(Population(kSeed, month, kSeats)), expected) << month.name();
    ASSERT_EQ(expected.size(), std::size_t{kSeats}) << month.name();
  }
}

TEST(Months, HaveOneUserOfEachSeat) {
  constexpr std::int32_t kSeats = 500;
  for (const Period& month : parse_months("1970-01,2023-01..2028-12,9998-12")) {
    const Population population(kSeed, month, kSeats);
    for (std::int32_t seat = 0; seat < kSeats; ++seat) {
      const Population::Member& member = population.member(seat);
      const User user = user_at(kSeed, kSeats, member.user_id);
      ASSERT_EQ(member.user_id % kSeats, seat);
      ASSERT_EQ(member.user_id, user_in(kSeed, kSeats, seat, month));
      ASSERT_EQ(member.tier, user.tier);
      ASSERT_EQ(member.active_from_us, std::max(user.signup_us, month.begin_us()));
    }
  }
}

TEST(Months, HaveTheTiersInTheirShares) {
  for (const Period& month : parse_months("2020-06,2025-12,2026-06,2031-01")) {
    const Population population(kSeed, month, kCount);
    std::vector<std::int64_t> tiers(3);
    for (std::int32_t seat = 0; seat < kCount; ++seat) {
      ++tiers[static_cast<std::size_t>(population.member(seat).tier)];
    }
    EXPECT_TRUE(fits_shares(tiers, std::array{0.70, 0.25, 0.05})) << month.name();
  }
}

// A seat changes hands in January if its user's year ends in it: 31 of the 365 days.
TEST(Months, KeepTheirUsersUntilTheYearIsUp) {
  const Period january{2026, 1};
  const Population before(kSeed, kDecember, kCount), after(kSeed, january, kCount);
  std::int64_t changed = 0;
  for (std::int32_t seat = 0; seat < kCount; ++seat) {
    const std::int32_t old_id = before.member(seat).user_id, new_id = after.member(seat).user_id;
    const std::int64_t up = user_at(kSeed, kCount, old_id).signup_us + 365 * kDayUs;
    ASSERT_EQ(new_id == old_id, up >= january.end_us());
    if (new_id == old_id) {
      ASSERT_EQ(after.member(seat).tier, before.member(seat).tier);
      ASSERT_EQ(after.member(seat).active_from_us, january.begin_us());
    } else {
      ASSERT_EQ(after.member(seat).active_from_us, up);
    }
    changed += new_id != old_id;
  }
  EXPECT_TRUE(fits_share(changed, kCount, 31.0 / 365));
}

TEST(Months, ShareNoUserWithTheMonthAYearLater) {
  const auto here = ids_of(Population(kSeed, kDecember, 500));
  const auto later = ids_of(Population(kSeed, {2026, 12}, 500));
  EXPECT_TRUE(
      std::none_of(later.begin(), later.end(), [&](std::int32_t id) { return here.contains(id); }));
}

// The last ids that fit: at turn 1 (number 1), 2^30 seats have ids up to 2^31 - 1.
TEST(Months, RefuseUserIdsThatDoNotFit) {
  constexpr std::int32_t kMost = 1 << 30;
  EXPECT_GE(user_in(kSeed, kMost, kMost - 1, {2026, 11}), 0);
  try {
    user_in(kSeed, kMost + 1, 0, {2026, 11});
    ADD_FAILURE() << "the ids were taken to fit";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "1,073,741,825 users are more than the 1,073,741,824 whose ids fit 32 bits in "
              "2026-11, at that distance from 2025-12");
    EXPECT_EQ(error.hint(), "use use --users 1073741824 or fewer, or months nearer to 2025-12");
    EXPECT_EQ(error.code(), ErrorCode::usage);
  }
  EXPECT_THROW(Population(kSeed, {9998, 12}, 1'000'000), Error);
  EXPECT_THROW(Membership(kSeed, {kDecember, {1970, 1}}, 100'000'000), Error);
}

TEST(Membership, IsThatOfAnyOfThePopulations) {
  constexpr std::int32_t kSeats = 300;
  for (const char* text : {"2025-12", "2026-01", "1970-01", "2025-10..2026-03",
                           "2023-05,2025-12,2026-02", "2020-01,2022-01,2024-01,2026-01,2028-01"}) {
    const std::vector<Period> months = parse_months(text);
    std::set<std::int32_t> expected;
    for (const Period& month : months) expected.merge(ids_of(Population(kSeed, month, kSeats)));
    const Membership membership(kSeed, months, kSeats);
    std::set<std::int32_t> members;
    for (std::int32_t id = 0; id < 130 * kSeats; ++id) {
      if (membership.has(id)) members.insert(members.end(), id);
    }
    EXPECT_EQ(members, expected) << text;
    const std::vector<std::int64_t>& blocks = membership.blocks();
    EXPECT_TRUE(std::is_sorted(blocks.begin(), blocks.end())) << text;
    for (const std::int32_t id : expected) {
      ASSERT_TRUE(std::binary_search(blocks.begin(), blocks.end(), id / kSeats)) << text;
    }
    // A month has users of two turns at most.
    EXPECT_LE(blocks.size(), 2 * months.size()) << text;
  }
}

TEST(Membership, OfTheAnchorMonthAreTheFirstIds) {
  EXPECT_EQ(Membership(kSeed, {kAnchor}, 500).blocks(), std::vector<std::int64_t>{0});
}

TEST(Membership, DoesNotDependOnTheOrderOfTheMonths) {
  const Membership up(kSeed, {{2024, 3}, {2025, 12}, {2026, 4}}, 300);
  const Membership down(kSeed, {{2026, 4}, {2025, 12}, {2024, 3}}, 300);
  EXPECT_EQ(up.blocks(), down.blocks());
  for (std::int32_t id = 0; id < 2000; ++id) ASSERT_EQ(up.has(id), down.has(id));
}

}  // namespace
}  // namespace gsa::sim
