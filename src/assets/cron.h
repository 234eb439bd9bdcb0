#pragma once

// Cron expressions as in crontab(5), in a time zone, and correct across summer time.
//
//   expression  minute hour day-of-month month day-of-week | @hourly | @daily | @midnight
//               | @weekly | @monthly | @yearly | @annually
//   field       part {"," part}
//   part        ("*" | value ["-" value]) ["/" step]    a step needs a * or a range before it
//   value       a number; jan to dec; sun to sat; both 0 and 7 are Sunday
//
// Days. If neither day field begins with *, a day must match one of the two: "0 0 1,15 * mon" is
// the 1st, the 15th and every Monday. Otherwise it must match both: "0 0 1-7 * */7" is the first
// Sunday.
//
// Summer time. If the hours are fixed, the schedule follows the clock on the wall: a run in the
// hour that the clock skips happens once, at the first moment after the gap; a run in the hour that
// the clock shows twice happens the first time only. If the hour field has a * or a step, or names
// every hour, the schedule follows elapsed time: the hour shown twice runs twice, and a skipped run
// moves later on the new clock by the length of the gap, to the moment at which it would have run
// without the change. Several times of day that map to one moment are one run.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <cctz/time_zone.h>

namespace gsa::assets {

// An immutable value; any number of threads may use the same one.
class CronSchedule {
 public:
  // `time_zone` is an IANA name ("Europe/Berlin"), "UTC", or "" for the machine's own. Throws Error
  // (usage) that names the field and its mistake, also for a schedule that never runs.
  static CronSchedule parse(std::string_view expression, std::string_view time_zone);

  // The first run strictly after `moment`. Takes about a microsecond; half a millisecond for a leap
  // day that is a Sunday, which may be 40 years away.
  std::chrono::sys_seconds next_after(std::chrono::sys_seconds moment) const;

  const std::string& expression() const { return expression_; }  // as given
  // "2026-03-29 03:00 CEST": the moment in the schedule's time zone.
  std::string local_time(std::chrono::sys_seconds moment) const;

 private:
  struct Segment;

  CronSchedule() = default;
  bool day_fits(cctz::civil_day day) const;
  std::optional<cctz::civil_minute> first_fit(cctz::civil_second from) const;
  Segment segment_at(std::chrono::sys_seconds moment) const;
  std::optional<std::chrono::sys_seconds> first_run(const Segment& segment,
                                                    std::chrono::sys_seconds from) const;

  std::string expression_;
  cctz::time_zone zone_;
  // Bit n: the value n.
  std::uint64_t minutes_ = 0, hours_ = 0, days_ = 0, months_ = 0, weekdays_ = 0;
  bool either_day_ = false;  // matching one of the two day fields is enough
  bool real_time_ = false;
};

}  // namespace gsa::assets
