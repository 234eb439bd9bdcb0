#include "sim/period.h"

#include <gtest/gtest.h>

namespace gsa::sim {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;

std::int64_t days(const Period& period) { return (period.end_us() - period.begin_us()) / kDayUs; }

TEST(Period, IsTheMonthInUtcMicroseconds) {
  const Period december{2025, 12};
  EXPECT_EQ(december.begin_us(), 1'764'547'200 * kSecondUs);
  EXPECT_EQ(december.end_us(), 1'767'225'600 * kSecondUs);  // 2026-01-01
  EXPECT_EQ((Period{1970, 1}.begin_us()), 0);
  EXPECT_EQ((Period{1969, 12}.begin_us()), -31 * kDayUs);
}

TEST(Period, DefaultsToTheMonthOfTheReference) { EXPECT_EQ(Period{}.name(), "2025-12"); }

TEST(Period, EndsWhereTheNextMonthBegins) {
  for (int year = 1999; year <= 2001; ++year) {
    for (int month = 1; month < 12; ++month) {
      EXPECT_EQ((Period{year, month}.end_us()), (Period{year, month + 1}.begin_us()));
    }
    EXPECT_EQ((Period{year, 12}.end_us()), (Period{year + 1, 1}.begin_us()));
  }
}

TEST(Period, KnowsLeapYears) {
  EXPECT_EQ(days({2024, 2}), 29);
  EXPECT_EQ(days({2025, 2}), 28);
  EXPECT_EQ(days({2000, 2}), 29);
  EXPECT_EQ(days({1900, 2}), 28);
  EXPECT_EQ(days({2025, 4}), 30);
}

TEST(Period, IsNamedByYearAndTwoDigitsOfMonth) {
  EXPECT_EQ((Period{2026, 1}.name()), "2026-01");
  EXPECT_EQ((Period{987, 11}.name()), "0987-11");
}

}  // namespace
}  // namespace gsa::sim
