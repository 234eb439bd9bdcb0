#include "app/watch_schedule.h"

#include <gtest/gtest.h>

namespace gsa::app {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Moment = WatchSchedule::Moment;
using Expressions = std::vector<std::string>;

// 2026-03-28 10:00:30 UTC
constexpr Moment kStart =
    Moment(std::chrono::sys_days(std::chrono::year(2026) / 3 / 28)) + hours(10) + seconds(30);

WatchSchedule schedule_of(const Expressions& expressions, const std::string& zone = "UTC") {
  std::vector<assets::CronSchedule> schedules;
  for (const std::string& expression : expressions) {
    schedules.push_back(assets::CronSchedule::parse(expression, zone));
  }
  return {schedules, kStart};
}

TEST(WatchSchedule, IsDueAtItsTimeAndOnceOnly) {
  WatchSchedule schedule = schedule_of({"0 * * * *"});
  EXPECT_EQ(schedule.next(), "2026-03-28 11:00 UTC");
  EXPECT_FALSE(schedule.is_due(kStart));
  EXPECT_FALSE(schedule.is_due(kStart + minutes(59) + seconds(29)));
  EXPECT_EQ(schedule.take_due(kStart + minutes(59) + seconds(29)), Expressions{});
  const Moment eleven = kStart + minutes(59) + seconds(30);
  EXPECT_TRUE(schedule.is_due(eleven));
  EXPECT_TRUE(schedule.is_due(eleven)) << "asking takes nothing";
  EXPECT_EQ(schedule.take_due(eleven), Expressions{"0 * * * *"});
  EXPECT_FALSE(schedule.is_due(eleven));
  EXPECT_FALSE(schedule.is_due(eleven + seconds(59)));
  EXPECT_EQ(schedule.next(), "2026-03-28 12:00 UTC");
}

TEST(WatchSchedule, IsNeverDueWithoutSchedules) {
  WatchSchedule schedule = schedule_of({});
  EXPECT_FALSE(schedule.is_due(kStart + days(1000)));
  EXPECT_EQ(schedule.take_due(kStart + days(1000)), Expressions{});
  EXPECT_EQ(schedule.next(), "");
}

TEST(WatchSchedule, SaysWhichOfSeveralAreDueAndWhichIsNext) {
  WatchSchedule schedule = schedule_of({"0 * * * *", "*/30 * * * *", "0 0 1 * *"});
  EXPECT_EQ(schedule.next(), "2026-03-28 10:30 UTC");
  EXPECT_EQ(schedule.take_due(kStart + minutes(30)), Expressions{"*/30 * * * *"});
  EXPECT_EQ(schedule.next(), "2026-03-28 11:00 UTC");
  EXPECT_EQ(schedule.take_due(kStart + minutes(60)), (Expressions{"0 * * * *", "*/30 * * * *"}));
  EXPECT_EQ(schedule.next(), "2026-03-28 11:30 UTC");
}

TEST(WatchSchedule, CatchesUpOnceOnWhatALongRunOrASleepingMachineMissed) {
  WatchSchedule schedule = schedule_of({"*/5 * * * *"});
  const Moment awake = kStart + days(3) + minutes(2);
  EXPECT_EQ(schedule.take_due(awake), Expressions{"*/5 * * * *"});
  EXPECT_FALSE(schedule.is_due(awake));
  EXPECT_EQ(schedule.next(), "2026-03-31 10:05 UTC");
}

TEST(WatchSchedule, GoesOnFromWhatAClockShowsThatWasSetBack) {
  WatchSchedule schedule = schedule_of({"0 * * * *"});
  EXPECT_EQ(schedule.take_due(kStart + hours(1)).size(), 1u);  // that of 11:00
  const Moment back = kStart - days(400);
  EXPECT_FALSE(schedule.is_due(back));
  EXPECT_EQ(schedule.next(), "2025-02-21 11:00 UTC");
  EXPECT_EQ(schedule.take_due(back + hours(1)).size(), 1u);
  // Setting the clock right again looks like a machine that slept.
  EXPECT_EQ(schedule.take_due(kStart + hours(2)).size(), 1u);
  EXPECT_EQ(schedule.take_due(kStart + hours(2)).size(), 0u);
}

TEST(WatchSchedule, RepeatsNothingWhenAClockIsSetBackByMoments) {
  WatchSchedule schedule = schedule_of({"0 * * * *"});
  const Moment eleven = kStart + minutes(59) + seconds(30);
  EXPECT_EQ(schedule.take_due(eleven).size(), 1u);
  for (int i = -5; i <= 5; ++i) {
    EXPECT_FALSE(schedule.is_due(eleven + seconds(i))) << i;
  }
  EXPECT_EQ(schedule.next(), "2026-03-28 12:00 UTC");
}

TEST(WatchSchedule, TakesManySmallCorrectionsForOneLarge) {
  WatchSchedule schedule = schedule_of({"0 * * * *"});
  for (int i = 1; i <= 120; ++i) EXPECT_FALSE(schedule.is_due(kStart - seconds(30 * i)));
  EXPECT_EQ(schedule.next(), "2026-03-28 10:00 UTC");
}

// In Berlin clocks go from 02:00 to 03:00 on 2026-03-29, and back from 03:00 to 02:00 on
// 2026-10-25.
TEST(WatchSchedule, KeepsToTheClockOnTheWallAcrossSummerTime) {
  WatchSchedule schedule = schedule_of({"30 2 * * *"}, "Europe/Berlin");
  EXPECT_EQ(schedule.next(), "2026-03-29 03:00 CEST") << "02:30 is skipped that night";
  const Moment gap = Moment(std::chrono::sys_days(std::chrono::year(2026) / 3 / 29)) + hours(1);
  EXPECT_FALSE(schedule.is_due(gap - seconds(1)));
  EXPECT_EQ(schedule.take_due(gap).size(), 1u);
  EXPECT_EQ(schedule.next(), "2026-03-30 02:30 CEST");
  const Moment before = Moment(std::chrono::sys_days(std::chrono::year(2026) / 10 / 24)) + hours(1);
  EXPECT_EQ(schedule.take_due(before).size(), 1u);
  EXPECT_EQ(schedule.next(), "2026-10-25 02:30 CEST");
  EXPECT_EQ(schedule.take_due(before + hours(24)).size(), 1u);
  EXPECT_FALSE(schedule.is_due(before + hours(24))) << "02:30 comes twice that night";
  EXPECT_EQ(schedule.next(), "2026-10-26 02:30 CET");
}

}  // namespace
}  // namespace gsa::app
