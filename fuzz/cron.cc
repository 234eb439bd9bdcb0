// Schedules of `gsa watch`.

#include "assets/cron.h"

#include <chrono>

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  try {
    const auto schedule = gsa::assets::CronSchedule::parse(input, "Europe/Berlin");
    const std::chrono::sys_seconds now(std::chrono::seconds(1'780'000'000));
    const auto next = schedule.next_after(now);
    if (next <= now || schedule.next_after(next) <= next) __builtin_trap();
    schedule.local_time(next);
  } catch (const gsa::Error&) {
  }
}
