#include "hub/events.h"

#include <algorithm>
#include <thread>

#include "base/error.h"

namespace gsa::hub {

bool Events::cancelled() const { return events_.cancelled && events_.cancelled(); }

void Events::stop_if_cancelled() const {
  if (cancelled()) throw Error("interrupted", "", ErrorCode::interrupted);
}

void Events::sleep(std::chrono::milliseconds time) const {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kSlice{50};  // short enough that Ctrl-C stops within 0.2 s
  stop_if_cancelled();
  if (events_.sleep) {
    events_.sleep(time);
    stop_if_cancelled();
    return;
  }
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    std::this_thread::sleep_for(std::min(left, kSlice));
    stop_if_cancelled();
  }
}

}  // namespace gsa::hub
