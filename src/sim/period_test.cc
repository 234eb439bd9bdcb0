#include "sim/period.h"

#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/zigzag.h"

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

TEST(Period, ComparesByTime) {
  EXPECT_LT((Period{2025, 12}), (Period{2026, 1}));
  EXPECT_LT((Period{2025, 1}), (Period{2025, 2}));
  EXPECT_EQ((Period{2025, 12}), kAnchor);
  EXPECT_NE((Period{2024, 12}), kAnchor);
}

TEST(Period, IsCountedFrom1970) {
  EXPECT_EQ((Period{1970, 1}.month_index()), 0);
  EXPECT_EQ((Period{1969, 12}.month_index()), -1);
  EXPECT_EQ(kAnchor.month_index(), 671);
  for (std::int64_t index = -30; index < 30; ++index) {
    EXPECT_EQ(period_at(index).month_index(), index);
    EXPECT_EQ(period_at(index).end_us(), period_at(index + 1).begin_us());
  }
  EXPECT_EQ(period_at(671), kAnchor);
}

TEST(Zigzag, CountsFromZeroOutwards) {
  for (const auto& [value, number] : {std::pair{0, 0}, {1, 1}, {-1, 2}, {2, 3}, {-2, 4}, {3, 5}}) {
    EXPECT_EQ(zigzag(value), number);
    EXPECT_EQ(unzigzag(number), value);
  }
}

TEST(Slot, CountsMonthsFromTheAnchorOutwards) {
  EXPECT_EQ(kAnchor.slot(), 0);
  EXPECT_EQ((Period{2026, 1}.slot()), 1);
  EXPECT_EQ((Period{2025, 11}.slot()), 2);
  EXPECT_EQ((Period{2026, 2}.slot()), 3);
  EXPECT_EQ((Period{2025, 10}.slot()), 4);
  EXPECT_EQ((Period{1970, 1}.slot()), 2 * 671);
}

TEST(Slot, IsAnotherForEveryMonth) {
  std::set<std::int64_t> slots;
  for (const Period& month : parse_months("1990-01..2060-12")) slots.insert(month.slot());
  EXPECT_EQ(slots.size(), 71u * 12);
}

std::string names(const std::vector<Period>& months) {
  std::string text;
  for (const Period& month : months) text += (text.empty() ? "" : " ") + month.name();
  return text;
}

TEST(ParseMonths, TakesMonthsRangesAndLists) {
  EXPECT_EQ(parse_period("2025-10"), (Period{2025, 10}));
  EXPECT_EQ(names(parse_months("2025-12")), "2025-12");
  EXPECT_EQ(names(parse_months("2025-10..2026-02")), "2025-10 2025-11 2025-12 2026-01 2026-02");
  EXPECT_EQ(names(parse_months("2025-10..2025-10")), "2025-10");
  EXPECT_EQ(names(parse_months("2025-10,2025-12..2026-02")), "2025-10 2025-12 2026-01 2026-02");
  EXPECT_EQ(names(parse_months(" 1970-01 , 9998-12 ")), "1970-01 9998-12");
}

TEST(ParseMonths, SortsThemAndTakesEachOnce) {
  EXPECT_EQ(names(parse_months("2026-02,2025-12..2026-02,2025-10,2026-01")),
            "2025-10 2025-12 2026-01 2026-02");
}

TEST(ParseMonths, TakesACenturyAndNoMore) {
  EXPECT_EQ(parse_months("2000-01..2099-12").size(), 1200u);
  EXPECT_THROW(parse_months("2000-01..2100-01"), Error);
  EXPECT_THROW(parse_months("2000-01..2099-12,1970-01"), Error);
  EXPECT_EQ(parse_months("2000-01..2099-12,2050-01..2099-12").size(), 1200u);
}

TEST(ParseMonths, RefusesWhatIsNoMonth) {
  for (const char* text : {"",
                           "12",
                           "2025",
                           "2025-",
                           "2025-0",
                           "2025-00",
                           "2025-13",
                           "2025-1",
                           "2025-1 ",
                           "25-12",
                           "2025/12",
                           "2025-12-01",
                           "02025-12",
                           "-025-12",
                           "+025-12",
                           "2025-+1",
                           "2025- 1",
                           "2025-xx",
                           "abcd-12",
                           "2025-12,",
                           ",2025-12",
                           "2025-12..",
                           "..2025-12",
                           "2025-10...2025-12",
                           "2025-10..2025-11..2025-12",
                           "2025-10-2025-12",
                           "2025-10 2025-12"}) {
    try {
      parse_months(text);
      ADD_FAILURE() << "'" << text << "' was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage) << text;
      EXPECT_TRUE(error.message().ends_with("is not a month")) << error.message();
      EXPECT_NE(error.hint().find("2025-10..2026-02"), std::string::npos) << text;
    }
  }
}

std::string refusal_of(const std::string& text) {
  try {
    return names(parse_months(text));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.message() + (error.hint().empty() ? "" : "; " + error.hint());
  }
}

TEST(ParseMonths, SaysWhatIsWrong) {
  EXPECT_EQ(refusal_of("2025-10,2025-9"),
            "'2025-9' is not a month; write a month as 2025-12, a range as 2025-10..2026-02, and "
            "commas between several");
  EXPECT_EQ(refusal_of("2026-02..2025-10"),
            "the range 2026-02..2025-10 ends before it begins; write 2025-10..2026-02");
  EXPECT_EQ(refusal_of("1969-12"), "1969-12 is not in the years 1970 to 9998");
  EXPECT_EQ(refusal_of("9998-01..9999-01"), "9999-01 is not in the years 1970 to 9998");
  EXPECT_EQ(refusal_of("1970-01..9998-12"), "1970-01..9998-12 are 96,348 months, more than 1,200");
}

TEST(Months, AreDescribedByTheirRanges) {
  for (const auto& [text, described] :
       {std::pair{"2025-12", "2025-12"},
        {"2025-10..2026-02", "2025-10 to 2026-02"},
        {"2025-12,2026-01", "2025-12 to 2026-01"},
        {"2025-10,2025-12", "2025-10, 2025-12"},
        {"2025-10,2025-12..2026-02", "2025-10, 2025-12 to 2026-02"},
        {"2024-12,2025-12..2026-02,2026-04", "2024-12, 2025-12 to 2026-02, 2026-04"}}) {
    EXPECT_EQ(describe(parse_months(text)), described);
  }
}

}  // namespace
}  // namespace gsa::sim
