#include "assets/cron.h"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/fake_terminal.h"
#include "base/random.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using Moments = std::vector<std::string>;

// "2026-03-29 01:00 +01:00", and the same with seconds.
sys_seconds moment(const std::string& text) {
  sys_seconds found;
  if (!cctz::parse("%Y-%m-%d %H:%M %Ez", text, cctz::utc_time_zone(), &found) &&
      !cctz::parse("%Y-%m-%d %H:%M:%S %Ez", text, cctz::utc_time_zone(), &found)) {
    ADD_FAILURE() << text << " is not a moment";
  }
  return found;
}

// The next `count` runs after a moment, in the schedule's own time zone.
Moments runs(const std::string& expression, const std::string& zone, const std::string& after,
             std::size_t count) {
  const CronSchedule schedule = CronSchedule::parse(expression, zone);
  Moments found;
  for (sys_seconds at = moment(after); found.size() < count;) {
    at = schedule.next_after(at);
    found.push_back(schedule.local_time(at));
  }
  return found;
}

// Without summer time: the next runs after Thursday, 2026-01-01 00:00 UTC.
struct Case {
  std::string expression;
  Moments expected;
};

void expect_runs(const std::vector<Case>& cases, const std::string& after) {
  for (const Case& one : cases) {
    Moments expected = one.expected;
    for (std::string& text : expected) text += " UTC";
    EXPECT_EQ(runs(one.expression, "UTC", after, expected.size()), expected) << one.expression;
  }
}

TEST(CronSchedule, RunsWhereEveryFieldFits) {
  expect_runs(
      {
          {"* * * * *", {"2026-01-01 00:01", "2026-01-01 00:02"}},
          {"*/15 * * * *",
           {"2026-01-01 00:15", "2026-01-01 00:30", "2026-01-01 00:45", "2026-01-01 01:00"}},
          {"59 23 * * *", {"2026-01-01 23:59", "2026-01-02 23:59"}},
          {"0 0 * * *", {"2026-01-02 00:00", "2026-01-03 00:00"}},
          {"5,35 1-5/2 * * *",
           {"2026-01-01 01:05", "2026-01-01 01:35", "2026-01-01 03:05", "2026-01-01 03:35",
            "2026-01-01 05:05", "2026-01-01 05:35", "2026-01-02 01:05"}},
          {"0 8-9,17 * * *",
           {"2026-01-01 08:00", "2026-01-01 09:00", "2026-01-01 17:00", "2026-01-02 08:00"}},
          {"10-12,50-59/4 6 * * *",
           {"2026-01-01 06:10", "2026-01-01 06:11", "2026-01-01 06:12", "2026-01-01 06:50",
            "2026-01-01 06:54", "2026-01-01 06:58", "2026-01-02 06:10"}},
          {"0 6 * mar,Dec *", {"2026-03-01 06:00", "2026-03-02 06:00"}},
          {"0 6 1 */5 *",
           {"2026-01-01 06:00", "2026-06-01 06:00", "2026-11-01 06:00", "2027-01-01 06:00"}},
          {"  0\t6 1\n1 * ", {"2026-01-01 06:00", "2027-01-01 06:00"}},
      },
      "2026-01-01 00:00 +00:00");
}

// 2026-01-04 is a Sunday.
TEST(CronSchedule, KnowsTheDaysOfTheWeek) {
  expect_runs(
      {
          {"0 0 * * 0", {"2026-01-04 00:00", "2026-01-11 00:00"}},
          {"0 0 * * 7", {"2026-01-04 00:00", "2026-01-11 00:00"}},
          {"0 0 * * SUN", {"2026-01-04 00:00", "2026-01-11 00:00"}},
          {"0 0 * * 6-7", {"2026-01-03 00:00", "2026-01-04 00:00", "2026-01-10 00:00"}},
          {"0 0 * * sat-sun", {"2026-01-03 00:00", "2026-01-04 00:00", "2026-01-10 00:00"}},
          {"0 0 * * mon-fri", {"2026-01-02 00:00", "2026-01-05 00:00"}},
          {"0 0 * * tue,thu", {"2026-01-06 00:00", "2026-01-08 00:00"}},
          {"0 0 * * */3", {"2026-01-03 00:00", "2026-01-04 00:00", "2026-01-07 00:00"}},
      },
      "2026-01-01 00:00 +00:00");
}

TEST(CronSchedule, TakesEitherDayFieldIfBothAreRestricted) {
  expect_runs(
      {
          {"0 0 1,15 * mon",
           {"2026-01-05 00:00", "2026-01-12 00:00", "2026-01-15 00:00", "2026-01-19 00:00",
            "2026-01-26 00:00", "2026-02-01 00:00"}},
          // A field that begins with * restricts nothing: both must fit.
          {"0 0 13 * */5", {"2026-02-13 00:00", "2026-03-13 00:00", "2026-09-13 00:00"}},
          {"0 0 */10 * sun", {"2026-01-11 00:00", "2026-02-01 00:00", "2026-03-01 00:00"}},
          {"0 0 30 2 mon", {"2026-02-02 00:00", "2026-02-09 00:00"}},
      },
      "2026-01-01 00:00 +00:00");
}

TEST(CronSchedule, KnowsTheLengthsOfMonthsAndLeapDays) {
  expect_runs({{"0 0 31 * *", {"2026-01-31 00:00", "2026-03-31 00:00", "2026-05-31 00:00"}},
               {"0 0 30 * *", {"2026-01-30 00:00", "2026-03-30 00:00"}},
               {"0 0 29 2 *", {"2028-02-29 00:00", "2032-02-29 00:00"}},
               {"0 0 29 2 */7", {"2032-02-29 00:00", "2060-02-29 00:00"}}},
              "2026-01-01 00:00 +00:00");
  // 2100 is no leap year, 2400 is.
  expect_runs({{"0 0 29 2 *", {"2104-02-29 00:00"}}, {"0 0 29 2 */7", {"2128-02-29 00:00"}}},
              "2096-02-29 00:00 +00:00");
  expect_runs({{"0 0 29 2 *", {"2400-02-29 00:00", "2404-02-29 00:00"}}},
              "2396-02-29 00:00 +00:00");
}

TEST(CronSchedule, HasNicknames) {
  expect_runs({{"@hourly", {"2026-01-01 01:00", "2026-01-01 02:00"}},
               {"@daily", {"2026-01-02 00:00", "2026-01-03 00:00"}},
               {"@midnight", {"2026-01-02 00:00", "2026-01-03 00:00"}},
               {"@Weekly", {"2026-01-04 00:00", "2026-01-11 00:00"}},
               {"@monthly", {"2026-02-01 00:00", "2026-03-01 00:00"}},
               {"@yearly", {"2027-01-01 00:00", "2028-01-01 00:00"}},
               {"@annually", {"2027-01-01 00:00", "2028-01-01 00:00"}}},
              "2026-01-01 00:00 +00:00");
}

TEST(CronSchedule, RunsLaterThanTheMomentAskedFor) {
  EXPECT_EQ(runs("30 6 * * *", "UTC", "2026-01-01 06:29:59 +00:00", 1),
            (Moments{"2026-01-01 06:30 UTC"}));
  EXPECT_EQ(runs("30 6 * * *", "UTC", "2026-01-01 06:30:00 +00:00", 1),
            (Moments{"2026-01-02 06:30 UTC"}));
  EXPECT_EQ(runs("30 6 * * *", "UTC", "2026-01-01 06:30:01 +00:00", 1),
            (Moments{"2026-01-02 06:30 UTC"}));
  EXPECT_EQ(runs("* * * * *", "UTC", "1969-12-31 23:59:30 +00:00", 1),
            (Moments{"1970-01-01 00:00 UTC"}));
}

// --- Summer time.

TEST(CronSchedule, RunsOnceAfterTheGapWhatAFixedHourSkips) {
  // Berlin's clocks go from 2:00 to 3:00, New York's too.
  EXPECT_EQ(runs("30 2 * * *", "Europe/Berlin", "2026-03-28 00:00 +01:00", 3),
            (Moments{"2026-03-28 02:30 CET", "2026-03-29 03:00 CEST", "2026-03-30 02:30 CEST"}));
  EXPECT_EQ(runs("30 2 * * *", "America/New_York", "2026-03-07 00:00 -05:00", 3),
            (Moments{"2026-03-07 02:30 EST", "2026-03-08 03:00 EDT", "2026-03-09 02:30 EDT"}));
  // Only the day of the change counts.
  EXPECT_EQ(runs("30 2 * * sat", "Europe/Berlin", "2026-03-28 00:00 +01:00", 2),
            (Moments{"2026-03-28 02:30 CET", "2026-04-04 02:30 CEST"}));
  EXPECT_EQ(runs("30 2 29 3 *", "Europe/Berlin", "2026-01-01 00:00 +01:00", 2),
            (Moments{"2026-03-29 03:00 CEST", "2027-03-29 02:30 CEST"}));
  // The edges of the gap.
  EXPECT_EQ(runs("59 1 * * *", "Europe/Berlin", "2026-03-29 00:00 +01:00", 2),
            (Moments{"2026-03-29 01:59 CET", "2026-03-30 01:59 CEST"}));
  EXPECT_EQ(runs("0 2 * * *", "Europe/Berlin", "2026-03-29 00:00 +01:00", 2),
            (Moments{"2026-03-29 03:00 CEST", "2026-03-30 02:00 CEST"}));
  EXPECT_EQ(runs("0 3 * * *", "Europe/Berlin", "2026-03-29 00:00 +01:00", 2),
            (Moments{"2026-03-29 03:00 CEST", "2026-03-30 03:00 CEST"}));
}

TEST(CronSchedule, RunsOnceWhereSeveralTimesFallIntoTheGap) {
  EXPECT_EQ(runs("*/10 2 * * *", "Europe/Berlin", "2026-03-29 00:00 +01:00", 2),
            (Moments{"2026-03-29 03:00 CEST", "2026-03-30 02:00 CEST"}));
  EXPECT_EQ(runs("0,30 2,3 * * *", "Europe/Berlin", "2026-03-29 00:00 +01:00", 3),
            (Moments{"2026-03-29 03:00 CEST", "2026-03-29 03:30 CEST", "2026-03-30 02:00 CEST"}));
}

TEST(CronSchedule, RunsTheFirstTimeOnlyWhatAFixedHourRepeats) {
  // Berlin shows 2:00 to 2:59 twice, New York 1:00 to 1:59.
  EXPECT_EQ(runs("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00 +02:00", 2),
            (Moments{"2026-10-25 02:30 CEST", "2026-10-26 02:30 CET"}));
  EXPECT_EQ(runs("30 1 * * *", "America/New_York", "2026-10-31 12:00 -04:00", 2),
            (Moments{"2026-11-01 01:30 EDT", "2026-11-02 01:30 EST"}));
  EXPECT_EQ(runs("*/20 2 * * *", "Europe/Berlin", "2026-10-25 00:00 +02:00", 4),
            (Moments{"2026-10-25 02:00 CEST", "2026-10-25 02:20 CEST", "2026-10-25 02:40 CEST",
                     "2026-10-26 02:00 CET"}));
  // Asked during the second of the two hours.
  EXPECT_EQ(runs("50 2 * * *", "Europe/Berlin", "2026-10-25 02:10 +01:00", 1),
            (Moments{"2026-10-26 02:50 CET"}));
  // The edges of the hour that is shown twice.
  EXPECT_EQ(runs("59 2 * * *", "Europe/Berlin", "2026-10-25 00:00 +02:00", 2),
            (Moments{"2026-10-25 02:59 CEST", "2026-10-26 02:59 CET"}));
  EXPECT_EQ(runs("0 3 * * *", "Europe/Berlin", "2026-10-25 00:00 +02:00", 2),
            (Moments{"2026-10-25 03:00 CET", "2026-10-26 03:00 CET"}));
}

TEST(CronSchedule, RunsEveryRealHourWhereTheHourIsAnyHour) {
  for (const char* expression : {"0 * * * *", "@hourly", "0 */1 * * *", "0 0-23 * * *"}) {
    EXPECT_EQ(runs(expression, "Europe/Berlin", "2026-03-29 00:30 +01:00", 3),
              (Moments{"2026-03-29 01:00 CET", "2026-03-29 03:00 CEST", "2026-03-29 04:00 CEST"}))
        << expression;
    EXPECT_EQ(runs(expression, "Europe/Berlin", "2026-10-25 01:30 +02:00", 3),
              (Moments{"2026-10-25 02:00 CEST", "2026-10-25 02:00 CET", "2026-10-25 03:00 CET"}))
        << expression;
  }
  EXPECT_EQ(runs("45 * * * *", "America/New_York", "2026-03-08 01:00 -05:00", 3),
            (Moments{"2026-03-08 01:45 EST", "2026-03-08 03:45 EDT", "2026-03-08 04:45 EDT"}));
  EXPECT_EQ(runs("*/30 * * * *", "America/New_York", "2026-11-01 00:45 -04:00", 5),
            (Moments{"2026-11-01 01:00 EDT", "2026-11-01 01:30 EDT", "2026-11-01 01:00 EST",
                     "2026-11-01 01:30 EST", "2026-11-01 02:00 EST"}));
}

TEST(CronSchedule, KeepsTheRealDistanceOfSteppedHours) {
  // 2:00 is skipped: two hours after midnight it is 3:00.
  EXPECT_EQ(runs("0 */2 * * *", "Europe/Berlin", "2026-03-28 23:00 +01:00", 4),
            (Moments{"2026-03-29 00:00 CET", "2026-03-29 03:00 CEST", "2026-03-29 04:00 CEST",
                     "2026-03-29 06:00 CEST"}));
  EXPECT_EQ(runs("0 */2 * * *", "Europe/Berlin", "2026-10-24 23:00 +02:00", 4),
            (Moments{"2026-10-25 00:00 CEST", "2026-10-25 02:00 CEST", "2026-10-25 02:00 CET",
                     "2026-10-25 04:00 CET"}));
}

// The last Sunday of March is the day of the change, each year.
TEST(CronSchedule, LosesNoRunThatAlwaysFallsIntoTheGap) {
  EXPECT_EQ(runs("15 2 25-31 3 */7", "Europe/Berlin", "2026-01-01 00:00 +01:00", 2),
            (Moments{"2026-03-29 03:00 CEST", "2027-03-28 03:00 CEST"}));
  EXPECT_EQ(runs("15 2-4/2 25-31 3 */7", "Europe/Berlin", "2026-01-01 00:00 +01:00", 3),
            (Moments{"2026-03-29 03:15 CEST", "2026-03-29 04:15 CEST", "2027-03-28 03:15 CEST"}));
}

TEST(CronSchedule, HalfAnHourOfSummerTimeIsNoDifferentFromAnHour) {
  // Lord Howe's clocks go from 2:00 to 2:30 in October, and back from 2:00 to 1:30 in April.
  const std::string zone = "Australia/Lord_Howe";
  EXPECT_EQ(runs("15 2 * * *", zone, "2026-10-03 12:00 +10:30", 2),
            (Moments{"2026-10-04 02:30 +11", "2026-10-05 02:15 +11"}));
  EXPECT_EQ(runs("*/15 2 * * *", zone, "2026-10-03 12:00 +10:30", 3),
            (Moments{"2026-10-04 02:30 +11", "2026-10-04 02:45 +11", "2026-10-05 02:00 +11"}));
  EXPECT_EQ(runs("45 1 * * *", zone, "2026-04-04 12:00 +11:00", 2),
            (Moments{"2026-04-05 01:45 +11", "2026-04-06 01:45 +1030"}));
  // 2:15 of the old clock is 2:45 of the new.
  EXPECT_EQ(runs("15 * * * *", zone, "2026-10-04 01:00 +10:30", 3),
            (Moments{"2026-10-04 01:15 +1030", "2026-10-04 02:45 +11", "2026-10-04 03:15 +11"}));
  EXPECT_EQ(runs("0,30 * * * *", zone, "2026-04-05 01:15 +11:00", 3),
            (Moments{"2026-04-05 01:30 +11", "2026-04-05 01:30 +1030", "2026-04-05 02:00 +1030"}));
}

TEST(CronSchedule, ClocksThatChangeAtMidnightLoseNoDay) {
  // Santiago: in September from 0:00 to 1:00, in April from 0:00 back to 23:00 of the day before.
  const std::string zone = "America/Santiago";
  EXPECT_EQ(runs("0 0 * * *", zone, "2024-09-07 12:00 -04:00", 2),
            (Moments{"2024-09-08 01:00 -03", "2024-09-09 00:00 -03"}));
  EXPECT_EQ(runs("0 0 * * *", zone, "2024-04-06 12:00 -03:00", 2),
            (Moments{"2024-04-07 00:00 -04", "2024-04-08 00:00 -04"}));
  EXPECT_EQ(runs("30 23 * * sat", zone, "2024-04-06 12:00 -03:00", 2),
            (Moments{"2024-04-06 23:30 -03", "2024-04-13 23:30 -04"}));
  // Samoa had no 30th of December in 2011.
  EXPECT_EQ(runs("0 12 30 12 *", "Pacific/Apia", "2011-12-01 00:00 -10:00", 2),
            (Moments{"2011-12-31 00:00 +14", "2012-12-30 12:00 +14"}));
}

TEST(CronSchedule, KnowsTheSummerTimesOfFarYears) {
  EXPECT_EQ(runs("30 2 31 3 *", "Europe/Berlin", "2097-01-01 00:00 +01:00", 1),
            (Moments{"2097-03-31 03:00 CEST"}));
  EXPECT_EQ(runs("30 2 29 2 *", "Europe/Berlin", "2096-03-01 00:00 +01:00", 1),
            (Moments{"2104-02-29 02:30 CET"}));
}

// --- Compared with a reference that steps minute by minute.

// A random field, its members and its text.
struct Field {
  std::set<int> members;
  std::string text;
};

class RandomFields {
 public:
  explicit RandomFields(std::uint64_t seed) : stream_(seed, 1) {}

  int below(int bound) {
    return static_cast<int>(
        gsa::below(stream_.at(next_++).word[0], static_cast<std::uint32_t>(bound)));
  }

  Field field(int lowest, int highest) {
    Field field;
    int low = lowest, high = highest, step = 1;
    switch (below(4)) {
      case 0:
        field.text = "*";
        break;
      case 1:
        step = 1 + below(highest - lowest);
        field.text = fmt::format("*/{}", step);
        break;
      case 2:
        low = lowest + below(highest - lowest);
        high = low + 1 + below(highest - low);
        step = 1 + below(high - low);
        field.text = fmt::format("{}-{}/{}", low, high, step);
        break;
      default:
        for (int left = 1 + below(4); left > 0; --left) {
          field.members.insert(lowest + below(highest - lowest + 1));
        }
        field.text = fmt::format("{}", fmt::join(field.members, ","));
        return field;
    }
    for (int value = low; value <= high; value += step) field.members.insert(value);
    return field;
  }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

constexpr int kLargestChange = 60;  // minutes

class Reference {
 public:
  explicit Reference(RandomFields& random) {
    fields_ = {random.field(0, 59), random.field(0, 23), random.field(1, 31), random.field(1, 12),
               random.field(0, 7)};
  }

  std::string expression() const {
    return fmt::format("{} {} {} {} {}", fields_[0].text, fields_[1].text, fields_[2].text,
                       fields_[3].text, fields_[4].text);
  }

  bool fits(cctz::civil_minute clock) const {
    const cctz::civil_day day(clock);
    // 1970-01-01 was a Thursday.
    const int weekday = static_cast<int>((((day - cctz::civil_day(1970)) % 7 + 7) + 4) % 7);
    const bool of_month = fields_[2].members.contains(day.day());
    const bool of_week =
        fields_[4].members.contains(weekday) || (weekday == 0 && fields_[4].members.contains(7));
    const bool either = fields_[2].text[0] != '*' && fields_[4].text[0] != '*';
    return fields_[0].members.contains(clock.minute()) &&
           fields_[1].members.contains(clock.hour()) && fields_[3].members.contains(day.month()) &&
           (either ? of_month || of_week : of_month && of_week);
  }

  // Whether a matching local time maps to this moment, by the rule in the header.
  bool runs_at(sys_seconds at, const cctz::time_zone& zone) const {
    const bool real_time =
        fields_[1].text.find_first_of("*/") != std::string::npos || fields_[1].members.size() == 24;
    const cctz::civil_minute shown(cctz::convert(at, zone));
    // No clock in the tests changes by more than an hour; without a change, local times map one to
    // one.
    const bool changed = zone.lookup(at).offset != zone.lookup(at - minutes(kLargestChange)).offset;
    const int back = changed ? kLargestChange : 0;
    for (cctz::civil_minute clock = shown; shown - clock <= back; --clock) {
      if (!fits(clock)) continue;
      const auto found = zone.lookup(cctz::civil_second(clock));
      using Lookup = cctz::time_zone::civil_lookup;
      if (found.kind == Lookup::SKIPPED ? at == (real_time ? found.pre : found.trans)
                                        : at == found.pre || (real_time && at == found.post)) {
        return true;
      }
    }
    return false;
  }

 private:
  std::array<Field, 5> fields_;
};

// Compares `tries` schedules from a moment on for as long as `window`; returns the runs compared.
int compare(RandomFields& random, const cctz::time_zone& zone, sys_seconds from, minutes window,
            int tries) {
  int compared = 0;
  for (int i = 0; i < tries; ++i) {
    const Reference reference(random);
    std::optional<CronSchedule> schedule;
    try {
      schedule = CronSchedule::parse(reference.expression(), zone.name());
    } catch (const Error&) {
      continue;  // a February 30th
    }
    sys_seconds next = schedule->next_after(from);
    for (sys_seconds at = from + minutes(1); at <= from + window; at += minutes(1)) {
      if (reference.runs_at(at, zone) != (at == next)) {
        ADD_FAILURE() << reference.expression() << " in " << zone.name() << " at "
                      << schedule->local_time(at) << ", next is " << schedule->local_time(next);
        return compared;
      }
      if (at == next) next = schedule->next_after(next), ++compared;
    }
  }
  return compared;
}

TEST(CronSchedule, AgreesWithAMinuteByMinuteReferenceInUtc) {
  RandomFields random(1);
  int compared = 0;
  for (int i = 0; i < 60; ++i) {
    const sys_seconds from = moment("2026-01-01 00:00 +00:00") + minutes(random.below(4'000'000));
    compared += compare(random, cctz::utc_time_zone(), from, std::chrono::days(5), 4);
  }
  EXPECT_GT(compared, 1000);
}

TEST(CronSchedule, AgreesWithAMinuteByMinuteReferenceWhereClocksChange) {
  RandomFields random(2);
  for (const char* name : {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                           "America/Santiago", "Africa/Casablanca", "Asia/Kathmandu"}) {
    cctz::time_zone zone;
    ASSERT_TRUE(cctz::load_time_zone(name, &zone));
    int compared = 0;
    sys_seconds at = moment("2024-01-01 00:00 +00:00");
    for (int change = 0; change < 6; ++change) {
      cctz::time_zone::civil_transition found;
      if (zone.next_transition(at, &found)) {
        at = cctz::convert(found.to, zone);
      } else {
        at += std::chrono::days(100);
      }
      compared += compare(random, zone, at - std::chrono::hours(3), std::chrono::hours(6), 60);
    }
    EXPECT_GT(compared, 500) << name;
  }
}

// --- Time zones.

TEST(CronSchedule, TakesTheMachinesZoneWhereNoneIsNamed) {
  const ScopedVariable berlin("TZ", "Europe/Berlin");
  EXPECT_EQ(runs("0 6 * * *", "", "2026-07-01 00:00 +00:00", 1),
            (Moments{"2026-07-01 06:00 CEST"}));
  const ScopedVariable tokyo("TZ", ":Asia/Tokyo");
  EXPECT_EQ(runs("0 6 * * *", "", "2026-07-01 00:00 +00:00", 1), (Moments{"2026-07-02 06:00 JST"}));
}

std::string error_of(const std::string& expression, const std::string& zone = "UTC") {
  try {
    CronSchedule::parse(expression, zone);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.message() + "\n" + error.hint();
  }
  return "(no error)";
}

TEST(CronSchedule, RefusesUnknownTimeZones) {
  EXPECT_EQ(error_of("@daily", "Europe/Brelin"),
            "there is no time zone \"Europe/Brelin\"\ndid you mean 'Europe/Berlin'?");
  EXPECT_EQ(error_of("@daily", "here"),
            "there is no time zone \"here\"\n"
            "a name such as Europe/Berlin, America/New_York or UTC");
  const ScopedVariable posix("TZ", "CET-1CEST,M3.5.0,M10.5.0/3");
  EXPECT_EQ(error_of("@daily", ""),
            "the time zone of this machine is not known: TZ=CET-1CEST,M3.5.0,M10.5.0/3\n"
            "name one, such as Europe/Berlin or UTC");
}

TEST(CronSchedule, SaysWhereTheTimeZonesAreMissing) {
  const ScopedVariable nowhere("TZDIR", testing::TempDir() + "no_such_folder");
  EXPECT_EQ(error_of("@daily", "Europe/Vienna"),
            "there is no time zone \"Europe/Vienna\"\n"
            "the time zones' own data may be missing: install the package tzdata");
}

// --- Errors.

TEST(CronSchedule, ErrorsNameTheFieldAndWhatIsWrong) {
  struct {
    std::string expression, message, hint;
  } const cases[] = {
      {"61 * * * *", "minute \"61\": 61 is not from 0 to 59", "such as 0, 15,45 or */10"},
      {"0 24 * * *", "hour \"24\": 24 is not from 0 to 23", "such as 6, 8-18 or */2"},
      {"0 0 0 * *", "day of month \"0\": 0 is not from 1 to 31", "such as 1, 1,15 or *"},
      {"0 0 1 13 *", "month \"13\": 13 is not from 1 to 12", "such as jan, 1-6 or */3"},
      {"0 0 * * 8", "day of week \"8\": 8 is not from 0 to 7", "such as mon-fri, sun or *"},
      {"99999999999 * * * *", "minute \"99999999999\": 99999999999 is not from 0 to 59",
       "such as 0, 15,45 or */10"},
      {"x * * * *", "minute \"x\": 'x' is not a number", "such as 0, 15,45 or */10"},
      {"-5 * * * *", "minute \"-5\": a range needs a value on both sides",
       "such as 0, 15,45 or */10"},
      {"5- * * * *", "minute \"5-\": a range needs a value on both sides",
       "such as 0, 15,45 or */10"},
      {"1-2-3 * * * *", "minute \"1-2-3\": '2-3' is not a number", "such as 0, 15,45 or */10"},
      {"1,,2 * * * *", "minute \"1,,2\": a value is missing", "such as 0, 15,45 or */10"},
      {"1, * * * *", "minute \"1,\": a value is missing", "such as 0, 15,45 or */10"},
      {"** * * * *", "minute \"**\": '**' is not a number", "such as 0, 15,45 or */10"},
      {"0 0 L * *", "day of month \"L\": 'L' is not a number", "such as 1, 1,15 or *"},
      {"0 0 * * monday", "day of week \"monday\": 'monday' is neither a number nor a name",
       "the names are sun, mon, tue, wed, thu, fri, sat"},
      {"0 0 * mon *", "month \"mon\": 'mon' is neither a number nor a name",
       "the names are jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec"},
      {"/5 * * * *", "minute \"/5\": a step without a range", "such as 0, 15,45 or */10"},
      {"5/15 * * * *", "minute \"5/15\": a step needs a range or a * before it", "such as 5-59/15"},
      {"*/0 * * * *", "minute \"*/0\": a step of 0 leads nowhere", "such as 0, 15,45 or */10"},
      {"*/ * * * *", "minute \"*/\": the step '' is not a number", "such as 0, 15,45 or */10"},
      {"*/x * * * *", "minute \"*/x\": the step 'x' is not a number", "such as 0, 15,45 or */10"},
      {"*/90 * * * *", "minute \"*/90\": a step of 90 leaves the range after its first value",
       "such as 0, 15,45 or */10"},
      {"0 22-2 * * *", "hour \"22-2\": the range runs backward, from 22 to 2",
       "as two ranges: 22-23,0-2"},
      {"0 0 * * fri-tue", "day of week \"fri-tue\": the range runs backward, from fri to tue",
       "as two ranges: fri-6,0-tue"},
      {"0 0 * dec-jan *", "month \"dec-jan\": the range runs backward, from dec to jan",
       "as two ranges: dec,1"},
      {"* * * *", "4 fields instead of five: minute, hour, day of month, month, day of week",
       "such as \"30 6 * * mon-fri\": at 6:30 from Monday to Friday"},
      {"0 0 12 * * *", "6 fields instead of five: minute, hour, day of month, month, day of week",
       "such as \"30 6 * * mon-fri\": at 6:30 from Monday to Friday"},
      {"", "0 fields instead of five: minute, hour, day of month, month, day of week",
       "such as \"30 6 * * mon-fri\": at 6:30 from Monday to Friday"},
      {"@dayly", "there is no such nickname", "did you mean '@daily'?"},
      {"@reboot", "there is no such nickname",
       "there are @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(error_of(one.expression),
              fmt::format("cron \"{}\": {}\n{}", one.expression, one.message, one.hint));
  }
}

TEST(CronSchedule, RefusesWhatNeverRuns) {
  for (const char* expression : {"0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 30-31 feb */2"}) {
    EXPECT_EQ(error_of(expression),
              fmt::format("cron \"{}\": it never runs: no month of it has such a day\n"
                          "check the day of month against the month",
                          expression));
  }
  EXPECT_EQ(error_of("0 0 29 2 *"), "(no error)");
  EXPECT_EQ(error_of("0 0 29 2 */7"), "(no error)");
  EXPECT_EQ(error_of("0 0 30 2 mon"), "(no error)");
}

TEST(CronSchedule, KeepsTheExpressionAsItWasGiven) {
  EXPECT_EQ(CronSchedule::parse(" @daily ", "UTC").expression(), "@daily");
}

}  // namespace
}  // namespace gsa::assets
