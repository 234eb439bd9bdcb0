#pragma once

// Retries steps after transient failures.

#include <functional>

#include "assets/pulse.h"
#include "assets/recorder.h"
#include "assets/run_events.h"
#include "base/error.h"

namespace gsa::assets {

// A failure that may pass by itself (files, the network); the step is retried after a pause.
class TransientError : public Error {
 public:
  using Error::Error;
};

// Calls `attempt` up to three times in all, again after a TransientError or an I/O error of DuckDB.
// Counts in `step.attempts` and notes each failure. Throws the error of the last attempt, or
// Error{interrupted} if the run is asked to stop during a pause.
void with_retries(StepRecord& step, RunEvents& events, const Pulse& pulse,
                  const std::function<void()>& attempt);

}  // namespace gsa::assets
