#include "app/watch_schedule.h"

#include <algorithm>
#include <utility>

namespace gsa::app {
namespace {

// Corrections of a slightly fast clock are smaller.
constexpr std::chrono::minutes kSetBack{1};

}  // namespace

WatchSchedule::WatchSchedule(std::vector<assets::CronSchedule> schedules, Moment now)
    : latest_(now) {
  for (assets::CronSchedule& schedule : schedules) {
    const Moment due = schedule.next_after(now);
    entries_.push_back({std::move(schedule), due});
  }
}

bool WatchSchedule::is_due(Moment now) {
  notice(now);
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.due <= now; });
}

std::vector<std::string> WatchSchedule::take_due(Moment now) {
  notice(now);
  std::vector<std::string> due;
  for (Entry& entry : entries_) {
    if (entry.due > now) continue;
    due.push_back(entry.schedule.expression());
    entry.due = entry.schedule.next_after(now);
  }
  return due;
}

std::string WatchSchedule::next() const {
  const auto first = std::min_element(entries_.begin(), entries_.end(),
                                      [](const Entry& a, const Entry& b) { return a.due < b.due; });
  return first == entries_.end() ? "" : first->schedule.local_time(first->due);
}

void WatchSchedule::notice(Moment now) {
  if (now > latest_ - kSetBack) {
    latest_ = std::max(latest_, now);
    return;
  }
  latest_ = now;
  for (Entry& entry : entries_) entry.due = entry.schedule.next_after(now);
}

}  // namespace gsa::app
