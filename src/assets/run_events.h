#pragma once

// Passes the events of a run to its records and its listener. Any thread may call any function; the
// listener gets one call at a time.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "assets/recorder.h"
#include "base/error.h"
#include "duck/database.h"

namespace gsa::assets {

// Receives the events of a run, one call at a time, from any worker.
class Listener {
 public:
  virtual ~Listener() = default;
  // The status of the record is not set yet.
  virtual void begun(const StepRecord& step) = 0;
  // `number` of `total`, in the order they ended. After a failure, the record has its message.
  virtual void ended(const StepRecord& step, const Error* failure, std::size_t number,
                     std::size_t total) = 0;
  virtual void note(const std::string& text) = 0;
  // 25 times a second, from the thread of Pulse.
  virtual void pulse(const std::vector<duck::Connection>& lanes) = 0;
};

class RunEvents {
 public:
  // Both must outlive it. Null `recorder`: nothing is recorded. `total`: steps that will be
  // reported to the listener.
  RunEvents(Recorder* recorder, Listener& listener, std::size_t total)
      : recorder_(recorder), listener_(listener), total_(total) {}

  Recorder* recorder() const { return recorder_; }

  // Numbers the step, from 1 in the order they begin. `is_told`: whether the listener is notified.
  void begin(StepRecord& step, bool is_told);
  void end(const StepRecord& step, const Error* failure, bool is_told);
  std::int64_t begun() const;  // steps so far

  void note(const std::string& text);
  void pulse(const std::vector<duck::Connection>& lanes);
  void record(std::string_view level, const std::string& asset, std::string_view event,
              const std::string& message, const Fields& fields = {});

 private:
  Recorder* const recorder_;
  Listener& listener_;
  const std::size_t total_;
  mutable std::mutex mutex_;  // guards the listener and the counters
  std::int64_t begun_ = 0;
  std::size_t ended_ = 0;
};

}  // namespace gsa::assets
