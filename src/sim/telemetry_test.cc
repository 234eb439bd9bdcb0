// The rules together: measures every share and law of the simulation on the sample, at four sigma
// (base/four_sigma.h defines them). The tests repeat the rules' numbers on purpose.

#include "sim/telemetry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "base/four_sigma.h"
#include "sim/sample.h"

namespace gsa::sim {
namespace {

constexpr std::array kTiers = {Tier::free, Tier::pro, Tier::enterprise};
constexpr std::array<std::int64_t, 3> kWeights = {1, 3, 8};

std::size_t index(auto value) { return static_cast<std::size_t>(value); }

// How many of the draws that satisfy `where` are in each of `cells`.
std::vector<std::int64_t> count(std::size_t cells, auto where, auto cell) {
  std::vector<std::int64_t> counts(cells);
  for (const Draw& draw : sample().draws) {
    if (where(draw)) ++counts.at(index(cell(draw)));
  }
  return counts;
}

bool all(const Draw&) { return true; }
bool succeeded(const Draw& draw) { return draw.generation.status == Status::success; }
Status status_of(const Draw& draw) { return draw.generation.status; }

auto has_status(Status status) {
  return [status](const Draw& draw) { return draw.generation.status == status; };
}

// The expected shares of the tiers follow from the actual population, not from its expectation.
TEST(Telemetry, GoesToTiersByTheWeightOfTheirUsers) {
  std::array<double, 3> weights{};
  const Population& users = sample().users;
  for (std::int32_t id = 0; id < users.size(); ++id) {
    weights[index(users.member(id).tier)] +=
        static_cast<double>(kWeights[index(users.member(id).tier)]);
  }
  const double sum = weights[0] + weights[1] + weights[2];
  for (double& weight : weights) weight /= sum;
  EXPECT_TRUE(fits_shares(count(3, all, [](const Draw& d) { return d.user.tier; }), weights));
}

TEST(Telemetry, TreatsTheUsersOfATierAlike) {
  const auto by_user =
      count(Sample::kUsers, all, [](const Draw& d) { return d.generation.user_id; });
  for (const Tier tier : kTiers) {
    std::vector<std::int64_t> counts;
    for (std::int32_t id = 0; id < Sample::kUsers; ++id) {
      if (sample().users.member(id).tier == tier) counts.push_back(by_user[index(id)]);
    }
    EXPECT_TRUE(fits_uniform(counts)) << kTierNames[index(tier)];
  }
}

TEST(Telemetry, HappensInTheMonthAndNeverBeforeSignup) {
  const Period& period = sample().period;
  for (const Draw& draw : sample().draws) {
    ASSERT_GE(draw.generation.generated_us, draw.user.signup_us);
    ASSERT_GE(draw.generation.generated_us, period.begin_us());
    ASSERT_LT(draw.generation.generated_us, period.end_us());
  }
}

// 24 months of 500 generations each; their ids begin at the month's slot.
TEST(Telemetry, OfManyMonthsHasItsOwnIdsAndHappensInItsMonthAfterSignup) {
  constexpr std::int64_t kSpan = 500;
  constexpr std::int32_t kSeats = 300;
  std::set<std::uint64_t> ids;
  for (const Period& month : parse_months("2024-11..2026-10")) {
    const Population users(Sample::kSeed, month, kSeats);
    const Telemetry telemetry(Sample::kSeed, month, users);
    for (std::int64_t i = 0; i < kSpan; ++i) {
      const auto id = static_cast<std::uint64_t>(month.slot() * kSpan + i);
      ids.insert(id);
      const Generation g = telemetry.at(id, sample_prompt(id));
      ASSERT_GE(g.generated_us, user_at(Sample::kSeed, kSeats, g.user_id).signup_us);
      ASSERT_GE(g.generated_us, month.begin_us());
      ASSERT_LT(g.generated_us, month.end_us());
      ASSERT_EQ(g.user_id, user_in(Sample::kSeed, kSeats, g.user_id % kSeats, month));
    }
  }
  EXPECT_EQ(ids.size(), 24u * kSpan);
  EXPECT_EQ(*ids.begin(), 0u);
}

TEST(Telemetry, IsUniformOverTheTimeThatTheUserHas) {
  const Period& period = sample().period;
  const auto old = [&](const Draw& d) { return d.user.signup_us < period.begin_us(); };
  const auto fresh = [&](const Draw& d) { return !old(d); };
  constexpr std::size_t kHours = 744;  // of December
  const auto cell = [&](const Draw& d) { return cell_of(d.time_fraction(period), kHours); };
  EXPECT_TRUE(fits_uniform(count(kHours, old, cell)));
  EXPECT_TRUE(fits_uniform(count(kHours, fresh, cell)));
}

bool is_long(const Draw& draw) { return draw.prompt.token_count > 75; }

// Five shares in the order success, timeout, safety_violation, rate_limited, model_error.
TEST(Status, FollowsFromThePromptAndTheTier) {
  const auto unsafe = [](const Draw& d) { return d.prompt.has_safety_keyword; };
  const auto lengthy = [&](const Draw& d) { return !unsafe(d) && is_long(d); };
  const auto free = [&](const Draw& d) {
    return !unsafe(d) && !is_long(d) && d.user.tier == Tier::free;
  };
  const auto paying = [&](const Draw& d) {
    return !unsafe(d) && !is_long(d) && d.user.tier != Tier::free;
  };
  EXPECT_TRUE(fits_shares(count(5, unsafe, status_of), std::array{0.15, 0.0, 0.85, 0.0, 0.0}));
  EXPECT_TRUE(fits_shares(count(5, lengthy, status_of), std::array{0.85, 0.15, 0.0, 0.0, 0.0}));
  // Model errors are drawn after rate limits: 0.92 × 0.02 of the free tier.
  EXPECT_TRUE(fits_shares(count(5, free, status_of), std::array{0.9016, 0.0, 0.0, 0.08, 0.0184}));
  EXPECT_TRUE(fits_shares(count(5, paying, status_of), std::array{0.98, 0.0, 0.0, 0.0, 0.02}));
}

TEST(Latency, OfAFailureIsUniformInItsRange) {
  const auto from = [](std::int32_t low) {
    return [low](const Draw& d) { return d.generation.latency_ms - low; };
  };
  EXPECT_TRUE(fits_uniform(count(401, has_status(Status::safety_violation), from(100))));
  EXPECT_TRUE(fits_uniform(count(151, has_status(Status::rate_limited), from(50))));
  EXPECT_TRUE(fits_uniform(count(151, has_status(Status::model_error), from(50))));
}

TEST(Latency, OfATimeoutIsThirtySeconds) {
  std::int64_t timeouts = 0;
  for (const Draw& draw : sample().draws) {
    if (status_of(draw) != Status::timeout) continue;
    ++timeouts;
    ASSERT_EQ(draw.generation.latency_ms, 30'000);
  }
  EXPECT_GT(timeouts, 0);
}

// 30 to 80 tokens keep the clamps 4.5 sigma away, so fewer than 1 in 100,000 draws reach one.
// Rounding to whole milliseconds changes a logarithm by less than 1/400 of the sigma.
std::vector<double> standardized_latencies() {
  std::vector<double> z;
  for (const Draw& draw : sample().draws) {
    const std::int32_t tokens = draw.prompt.token_count;
    if (!succeeded(draw) || tokens < 30 || tokens > 80) continue;
    z.push_back(std::log(draw.generation.latency_ms / (50.0 * tokens)) / 0.4);
  }
  return z;
}

// For n standard normal values, the mean has sigma 1/√n. The mean square (the variance about the
// known mean 0) has mean 1 and sigma √(2/n), because E z⁴ - 1 = 2.
TEST(Latency, OfASuccessIsLognormalAroundFiftyMillisecondsAToken) {
  const std::vector<double> z = standardized_latencies();
  const auto n = static_cast<double>(z.size());
  double sum = 0, squares = 0;
  std::vector<std::int64_t> by_quantile(50);
  for (const double value : z) {
    sum += value;
    squares += value * value;
    ++by_quantile.at(cell_of(std::erfc(-value / std::sqrt(2.0)) / 2, by_quantile.size()));
  }
  EXPECT_TRUE(fits_mean(sum / n, 0, 1 / std::sqrt(n)));
  EXPECT_TRUE(fits_mean(squares / n, 1, std::sqrt(2 / n)));
  EXPECT_TRUE(fits_uniform(by_quantile));
}

TEST(Latency, OfASuccessKeepsToItsBounds) {
  std::int32_t low = 1'000'000, high = 0;
  for (const Draw& draw : sample().draws) {
    if (!succeeded(draw)) continue;
    low = std::min(low, draw.generation.latency_ms);
    high = std::max(high, draw.generation.latency_ms);
  }
  EXPECT_EQ(low, 200);  // a prompt of two words would take 100
  EXPECT_LE(high, 25'000);
}

TEST(Cost, IsThatOfTheUsersTierAndTheDrawnLatency) {
  for (const Draw& draw : sample().draws) {
    const Generation& g = draw.generation;
    ASSERT_EQ(g.cost, cost_of(g.status, draw.user.tier, draw.prompt.token_count, g.latency_ms));
  }
}

TEST(Retries, AreDistributedByStatus) {
  const auto retries = [](const Draw& d) { return d.generation.retry_count; };
  const auto fits = [&](Status status, std::array<double, 4> shares) {
    return fits_shares(count(4, has_status(status), retries), shares);
  };
  EXPECT_TRUE(fits(Status::success, {0.85, 0.12, 0.03, 0}));
  EXPECT_TRUE(fits(Status::rate_limited, {0.30, 0.35, 0.25, 0.10}));
  EXPECT_TRUE(fits(Status::timeout, {0.90, 0.10, 0, 0}));
  EXPECT_TRUE(fits(Status::safety_violation, {0.90, 0.10, 0, 0}));
  EXPECT_TRUE(fits(Status::model_error, {0.90, 0.10, 0, 0}));
}

// Three shares in the order none, thumbs_up, thumbs_down.
TEST(Feedback, IsGivenByTierAndSignedBySuccess) {
  constexpr std::array kGiven = {0.10, 0.20, 0.25};
  const auto feedback = [](const Draw& d) { return d.generation.feedback; };
  for (const Tier tier : kTiers) {
    for (const bool success : {true, false}) {
      const auto where = [&](const Draw& d) {
        return d.user.tier == tier && succeeded(d) == success;
      };
      const double given = kGiven[index(tier)], up = success ? 0.80 : 0.30;
      EXPECT_TRUE(fits_shares(count(3, where, feedback),
                              std::array{1 - given, given * up, given * (1 - up)}))
          << kTierNames[index(tier)] << ", success " << success;
    }
  }
}

TEST(Downloads, HappenByTierAndLength) {
  constexpr double kShares[3][3] = {{0.30, 0.40, 0.55}, {0.55, 0.65, 0.80}, {0.70, 0.80, 0.95}};
  const auto band_of = [](const Draw& d) {
    return d.prompt.token_count < 10 ? 0u : d.prompt.token_count > 30 ? 2u : 1u;
  };
  const auto downloaded = [](const Draw& d) { return d.generation.downloaded ? 1 : 0; };
  for (const Tier tier : kTiers) {
    for (const unsigned band : {0u, 1u, 2u}) {
      const auto where = [&](const Draw& d) {
        return succeeded(d) && d.user.tier == tier && band_of(d) == band;
      };
      const double share = kShares[index(tier)][band];
      EXPECT_TRUE(fits_shares(count(2, where, downloaded), std::array{1 - share, share}))
          << kTierNames[index(tier)] << ", band " << band;
    }
  }
}

TEST(Downloads, NeverFollowAFailure) {
  for (const Draw& draw : sample().draws) {
    ASSERT_TRUE(succeeded(draw) || !draw.generation.downloaded);
  }
}

TEST(ModelVersions, HaveTheirShares) {
  const auto model = [](const Draw& d) { return d.generation.model; };
  EXPECT_TRUE(fits_shares(count(4, all, model), std::array{0.05, 0.15, 0.30, 0.50}));
}

TEST(Outcomes, FollowTheSafetyCheckWhereItIsKnown) {
  for (std::uint64_t id = 0; id < 20'000; ++id) {
    const PromptTraits prompt = sample_prompt(id);
    const auto outcome = [&](bool keyword, SafetyCheck check) {
      return outcome_of(7, id, {prompt.token_count, keyword}, Tier::free, check);
    };
    for (const bool keyword : {false, true}) {
      const Outcome blurred = outcome(keyword, SafetyCheck::blurred);
      EXPECT_EQ(blurred.status, Status::safety_violation);
      EXPECT_FALSE(blurred.downloaded);
      // Passed: the same failures as a prompt without a keyword, whatever its words.
      const Outcome passed = outcome(keyword, SafetyCheck::passed);
      const Outcome harmless = outcome(false, SafetyCheck::unknown);
      EXPECT_EQ(values_of(Generation{passed, 0, 0}), values_of(Generation{harmless, 0, 0}));
      EXPECT_NE(passed.status, Status::safety_violation);
    }
  }
}

TEST(Outcomes, AreThoseOfTheTelemetry) {
  for (const Draw& draw : sample().draws) {
    const auto id = static_cast<std::uint64_t>(&draw - sample().draws.data());
    Generation alone{outcome_of(Sample::kSeed, id, draw.prompt, draw.user.tier),
                     draw.generation.user_id, draw.generation.generated_us};
    ASSERT_EQ(values_of(alone), values_of(draw.generation));
  }
}

// Changing a number here changes every dataset made so far.
TEST(GoldenTelemetry, IsStillTheSame) {
  constexpr Period kDecember{2025, 12};
  const Population users(42, kDecember, 500);
  const Telemetry telemetry(42, kDecember, users);
  const auto same = [&](std::uint64_t id, PromptTraits prompt, const Generation& expected) {
    return values_of(telemetry.at(id, prompt)) == values_of(expected);
  };
  using enum Status;
  using enum Feedback;
  using enum Model;
  EXPECT_TRUE(same(0, {20, false},
                   {{529, success, 2265, 0, none, false, v2_1}, 90, 1'764'791'666'504'263}));
  EXPECT_TRUE(same(1, {40, false},
                   {{4019, success, 6010, 0, none, false, v1_5}, 432, 1'764'943'643'127'362}));
  EXPECT_TRUE(
      same(9'999, {8, true},
           {{308, safety_violation, 80, 0, thumbs_down, false, v2_0}, 373, 1'765'561'360'154'700}));
  EXPECT_TRUE(same(std::uint64_t{1} << 40, {90, false},
                   {{2558, success, 10'279, 0, none, false, v2_1}, 358, 1'765'039'683'169'194}));
}

TEST(Telemetry, IsTheSameForManyAtOnceAsOneByOne) {
  const Telemetry telemetry(Sample::kSeed, sample().period, sample().users);
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, Telemetry::kMostAtOnce}) {
    std::vector<Telemetry::Asked> asked;
    for (std::uint64_t id = 0; id < size; ++id) asked.push_back({id * 31, sample_prompt(id * 31)});
    std::vector<Generation> generations(size);
    telemetry.at(asked, generations);
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_EQ(values_of(generations[i]), values_of(sample().draws[i * 31].generation));
    }
  }
  telemetry.at({}, {});
}

}  // namespace
}  // namespace gsa::sim
