#pragma once

// Who hears of a run while it goes on: the records and a listener. Threads may share it; the
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

// Hears what happens, one call at a time.
class Listener {
 public:
  virtual ~Listener() = default;
  // The record has no status yet.
  virtual void begun(const StepRecord& step) = 0;
  // `number` of `total`, in the order they ended. The record of a failure has the message.
  virtual void ended(const StepRecord& step, const Error* failure, std::size_t number,
                     std::size_t total) = 0;
  virtual void note(const std::string& text) = 0;
  // Some twenty times a second, from a thread of its own.
  virtual void pulse(const std::vector<duck::Connection>& lanes) = 0;
};

class RunEvents {
 public:
  // Both must outlive it. Without a recorder nothing is put on record. `total`: steps that the
  // listener will hear of.
  RunEvents(Recorder* recorder, Listener& listener, std::size_t total)
      : recorder_(recorder), listener_(listener), total_(total) {}

  Recorder* recorder() const { return recorder_; }

  // Numbers the step, from 1 in the order they begin. `is_told`: the listener hears of it.
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
  mutable std::mutex mutex_;  // of the listener and the counters
  std::int64_t begun_ = 0;
  std::size_t ended_ = 0;
};

}  // namespace gsa::assets
