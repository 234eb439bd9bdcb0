#pragma once

// Trying again what failed in a way that may pass by itself.

#include <functional>

#include "assets/pulse.h"
#include "assets/recorder.h"
#include "assets/run_events.h"
#include "base/error.h"

namespace gsa::assets {

// A failure that may pass by itself: files, the network. It is tried again, a little later.
class TransientError : public Error {
 public:
  using Error::Error;
};

// Calls `attempt`, and again, up to three times in all, after a TransientError or an input or
// output error of DuckDB. Counts in `step.attempts`, and says what failed. Throws what the last
// attempt threw, and Error{interrupted} if the run is told to stop while it waits.
void with_retries(StepRecord& step, RunEvents& events, const Pulse& pulse,
                  const std::function<void()>& attempt);

}  // namespace gsa::assets
