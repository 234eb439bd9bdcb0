#pragma once

// When `gsa watch` runs by the clock.

#include <chrono>
#include <string>
#include <vector>

#include "assets/cron.h"

namespace gsa::app {

// What came due while nobody asked, during a run or while the machine slept, is due once, however
// often it was. A clock that was set back is believed: the schedules go on from what it shows now.
// Set back by less than the minute that schedules count in, it repeats nothing that was due before.
// A value; moments come from outside.
class WatchSchedule {
 public:
  using Moment = std::chrono::sys_seconds;

  // From then on, not `now` itself. There may be no schedules.
  WatchSchedule(std::vector<assets::CronSchedule> schedules, Moment now);

  bool is_due(Moment now);
  // The expressions that are due, each once; they are due no more.
  std::vector<std::string> take_due(Moment now);
  // When the next one is due, in its time zone: "2026-03-29 03:00 CEST". Empty without schedules.
  std::string next() const;

 private:
  struct Entry {
    assets::CronSchedule schedule;
    Moment due;
  };

  void notice(Moment now);

  std::vector<Entry> entries_;
  Moment latest_;  // that the clock has shown since it was last set back
};

}  // namespace gsa::app
