#pragma once

// The schedule of `gsa watch`.

#include <chrono>
#include <string>
#include <vector>

#include "assets/cron.h"

namespace gsa::app {

// Missed moments, during a run or while the machine slept, are due once, however many there were.
// If the clock was set back, the schedules continue from its new time; if by less than the minute
// that schedules count in, moments that were due before do not repeat. A value; callers pass the
// time in.
class WatchSchedule {
 public:
  using Moment = std::chrono::sys_seconds;

  // Schedules count from after `now`. There may be none.
  WatchSchedule(std::vector<assets::CronSchedule> schedules, Moment now);

  bool is_due(Moment now);
  // The expressions that are due, without duplicates; afterwards they are no longer due.
  std::vector<std::string> take_due(Moment now);
  // The next moment, in its time zone: "2026-03-29 03:00 CEST". Empty without schedules.
  std::string next() const;

 private:
  struct Entry {
    assets::CronSchedule schedule;
    Moment due;
  };

  void notice(Moment now);

  std::vector<Entry> entries_;
  Moment latest_;  // latest time of the clock since it was last set back
};

}  // namespace gsa::app
