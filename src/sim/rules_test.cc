// The rules one by one, at their boundaries; telemetry_test.cc tests them together, by their
// shares.

#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "base/random.h"
#include "sim/streams.h"
#include "sim/telemetry.h"

namespace gsa::sim {
namespace {

constexpr std::uint64_t kLowest = 0, kHighest = ~std::uint64_t{0};
constexpr Tier kTiers[] = {Tier::free, Tier::pro, Tier::enterprise};
constexpr Status kFailures[] = {Status::timeout, Status::safety_violation, Status::rate_limited,
                                Status::model_error};

TEST(Streams, HaveNumbersOfTheirOwn) {
  EXPECT_EQ(
      (std::set<std::uint32_t>{kUserTraits, kUserSignup, kWho, kOutcome, kReaction, kModelVersion})
          .size(),
      6u);
}

TEST(PickShare, GivesEachShareItsPartOfTheUnit) {
  constexpr std::array kShares = {0.25, 0.5, 0.25};
  EXPECT_EQ(pick_share(kShares, 0), 0u);
  EXPECT_EQ(pick_share(kShares, 0.2499), 0u);
  EXPECT_EQ(pick_share(kShares, 0.25), 1u);
  EXPECT_EQ(pick_share(kShares, 0.7499), 1u);
  EXPECT_EQ(pick_share(kShares, 0.75), 2u);
  EXPECT_EQ(pick_share(kShares, 1.5), 2u);  // rounding may leave the sum of shares below 1
}

TEST(StatusRule, ASafetyKeywordGoesBeforeAllElse) {
  for (const Tier tier : kTiers) {
    EXPECT_EQ(draw_status({100, true}, tier, 0.8499, 0), Status::safety_violation);
    EXPECT_EQ(draw_status({100, true}, tier, 0.8501, 0), Status::success);
  }
}

TEST(StatusRule, MoreThan75TokensMayTimeOutAndNothingElse) {
  for (const Tier tier : kTiers) {
    EXPECT_EQ(draw_status({76, false}, tier, 0.1499, 0), Status::timeout);
    EXPECT_EQ(draw_status({76, false}, tier, 0.1501, 0), Status::success);
    EXPECT_NE(draw_status({75, false}, tier, 0, 0), Status::timeout);
  }
}

TEST(StatusRule, OnlyTheFreeTierIsRateLimited) {
  EXPECT_EQ(draw_status({75, false}, Tier::free, 0.0799, 0), Status::rate_limited);
  EXPECT_EQ(draw_status({75, false}, Tier::free, 0.0801, 0), Status::model_error);
  EXPECT_EQ(draw_status({75, false}, Tier::pro, 0, 0.5), Status::success);
  EXPECT_EQ(draw_status({75, false}, Tier::enterprise, 0, 0.5), Status::success);
}

TEST(StatusRule, TheModelMayFailTheRest) {
  for (const Tier tier : kTiers) {
    EXPECT_EQ(draw_status({20, false}, tier, 0.5, 0.0199), Status::model_error);
    EXPECT_EQ(draw_status({20, false}, tier, 0.5, 0.0201), Status::success);
  }
}

TEST(LatencyRule, FailuresHaveTheirRangesBothEndsIncluded) {
  for (const std::uint64_t word : {kLowest, kHighest}) {
    EXPECT_EQ(draw_latency_ms(Status::timeout, 80, word), 30'000);
  }
  EXPECT_EQ(draw_latency_ms(Status::safety_violation, 20, kLowest), 100);
  EXPECT_EQ(draw_latency_ms(Status::safety_violation, 20, kHighest), 500);
  for (const Status status : {Status::rate_limited, Status::model_error}) {
    EXPECT_EQ(draw_latency_ms(status, 20, kLowest), 50);
    EXPECT_EQ(draw_latency_ms(status, 20, kHighest), 200);
  }
}

// The word at Phi(1) of the normal distribution in the 64-bit range, so that the factor is e^0.4;
// its complement gives e^-0.4.
TEST(LatencyRule, SuccessTakesFiftyMillisecondsATokenTimesALognormalFactor) {
  const auto one_sigma = static_cast<std::uint64_t>(0.8413447460685429 * 0x1p64);
  EXPECT_EQ(draw_latency_ms(Status::success, 20, std::uint64_t{1} << 63), 1000);
  EXPECT_EQ(draw_latency_ms(Status::success, 20, one_sigma), 1492);    // 1491.82
  EXPECT_EQ(draw_latency_ms(Status::success, 20, ~one_sigma), 670);    // 670.32
  EXPECT_EQ(draw_latency_ms(Status::success, 200, one_sigma), 14918);  // 14918.2
}

TEST(LatencyRule, SuccessIsKeptBetween200And25000) {
  constexpr std::uint64_t kMedian = std::uint64_t{1} << 63;
  EXPECT_EQ(draw_latency_ms(Status::success, 0, kHighest), 200);
  EXPECT_EQ(draw_latency_ms(Status::success, 3, kMedian), 200);
  EXPECT_EQ(draw_latency_ms(Status::success, 5, kMedian), 250);
  EXPECT_EQ(draw_latency_ms(Status::success, 499, kMedian), 24'950);
  EXPECT_EQ(draw_latency_ms(Status::success, 501, kMedian), 25'000);
  EXPECT_EQ(draw_latency_ms(Status::success, std::numeric_limits<std::int32_t>::max(), kHighest),
            25'000);
}

TEST(CostRule, ChargesTokensAndSecondsByTier) {
  // 20 tokens and one second: 0.20 + 0.05 credits.
  EXPECT_EQ(cost_of(Status::success, Tier::free, 20, 1000), 2500);
  EXPECT_EQ(cost_of(Status::success, Tier::pro, 20, 1000), 2250);
  EXPECT_EQ(cost_of(Status::success, Tier::enterprise, 20, 1000), 2000);
}

TEST(CostRule, ChargesFailuresByTheTokenAlone) {
  for (const Status status : kFailures) {
    for (const Tier tier : kTiers) EXPECT_EQ(cost_of(status, tier, 23, 30'000), 230);
  }
}

TEST(CostRule, RoundsHalfUp) {
  EXPECT_EQ(cost_of(Status::success, Tier::free, 1, 201), 201);        // 0.02005
  EXPECT_EQ(cost_of(Status::success, Tier::free, 1, 202), 201);        // 0.0201
  EXPECT_EQ(cost_of(Status::success, Tier::pro, 1, 210), 185);         // 0.01845
  EXPECT_EQ(cost_of(Status::success, Tier::pro, 1, 201), 180);         // 0.018045
  EXPECT_EQ(cost_of(Status::success, Tier::enterprise, 1, 201), 160);  // 0.01604
  EXPECT_EQ(cost_of(Status::success, Tier::enterprise, 1, 204), 162);  // 0.01616
}

// The same price in 1/10,000,000 credits, which makes every term a whole number.
TEST(CostRule, IsExactForEveryLengthAndLatency) {
  constexpr std::int64_t kPercent[] = {100, 90, 80};
  for (std::int32_t tokens = 0; tokens <= 120; tokens += 3) {
    for (std::int32_t ms = 200; ms <= 25'000; ms += 7) {
      for (const Tier tier : kTiers) {
        const std::int64_t fine = (std::int64_t{tokens} * 100'000 + std::int64_t{ms} * 500) *
                                  kPercent[static_cast<std::size_t>(tier)] / 100;
        ASSERT_EQ(cost_of(Status::success, tier, tokens, ms), (fine + 500) / 1000)
            << tokens << " tokens, " << ms << " ms";
      }
    }
  }
}

TEST(RetryRule, DependsOnTheStatus) {
  EXPECT_EQ(draw_retries(Status::success, 0.8499), 0);
  EXPECT_EQ(draw_retries(Status::success, 0.8501), 1);
  EXPECT_EQ(draw_retries(Status::success, 0.9699), 1);
  EXPECT_EQ(draw_retries(Status::success, 0.9701), 2);
  EXPECT_EQ(draw_retries(Status::rate_limited, 0.2999), 0);
  EXPECT_EQ(draw_retries(Status::rate_limited, 0.3001), 1);
  EXPECT_EQ(draw_retries(Status::rate_limited, 0.6501), 2);
  EXPECT_EQ(draw_retries(Status::rate_limited, 0.9001), 3);
  for (const Status status : {Status::timeout, Status::safety_violation, Status::model_error}) {
    EXPECT_EQ(draw_retries(status, 0.8999), 0);
    EXPECT_EQ(draw_retries(status, 0.9001), 1);
  }
}

TEST(FeedbackRule, IsGivenByTierAndSignedByStatus) {
  EXPECT_EQ(draw_feedback(Status::success, Tier::free, 0.1001, 0), Feedback::none);
  EXPECT_EQ(draw_feedback(Status::success, Tier::pro, 0.2001, 0), Feedback::none);
  EXPECT_EQ(draw_feedback(Status::success, Tier::enterprise, 0.2501, 0), Feedback::none);
  for (const Tier tier : kTiers) {
    EXPECT_EQ(draw_feedback(Status::success, tier, 0.0999, 0.7999), Feedback::thumbs_up);
    EXPECT_EQ(draw_feedback(Status::success, tier, 0.0999, 0.8001), Feedback::thumbs_down);
    for (const Status status : kFailures) {
      EXPECT_EQ(draw_feedback(status, tier, 0.0999, 0.2999), Feedback::thumbs_up);
      EXPECT_EQ(draw_feedback(status, tier, 0.0999, 0.3001), Feedback::thumbs_down);
    }
  }
}

TEST(DownloadRule, GrowsWithTierAndLengthUpTo95Percent) {
  constexpr struct {
    Tier tier;
    double under_10, middle, over_30;
  } kExpected[] = {{Tier::free, 0.30, 0.40, 0.55},
                   {Tier::pro, 0.55, 0.65, 0.80},
                   {Tier::enterprise, 0.70, 0.80, 0.95}};
  for (const auto& expected : kExpected) {
    EXPECT_DOUBLE_EQ(download_share(expected.tier, 1), expected.under_10);
    EXPECT_DOUBLE_EQ(download_share(expected.tier, 9), expected.under_10);
    EXPECT_DOUBLE_EQ(download_share(expected.tier, 10), expected.middle);
    EXPECT_DOUBLE_EQ(download_share(expected.tier, 30), expected.middle);
    EXPECT_DOUBLE_EQ(download_share(expected.tier, 31), expected.over_30);
    EXPECT_LE(download_share(expected.tier, 1000), 0.95);
  }
}

}  // namespace
}  // namespace gsa::sim
