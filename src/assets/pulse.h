#pragma once

// The heartbeat of a run, on its own thread, 25 times a second: interrupts queries after a request
// to stop, measures memory, flushes records, and notifies the listener.
//
// The owner constructs and destroys it; workers may call everything else. The destructor joins the
// thread and flushes records that are due.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "assets/run_events.h"
#include "duck/database.h"

namespace gsa::assets {

class Pulse {
 public:
  // Beats until destroyed. All arguments must outlive it. Once `stop` is requested, interrupts the
  // queries on `lanes` and `others`.
  Pulse(const std::vector<duck::Connection>& lanes, std::vector<const duck::Connection*> others,
        std::stop_token stop, RunEvents& events);
  ~Pulse();
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  bool is_told_to_stop() const { return stop_.stop_requested(); }
  void stop_if_told() const;  // throws Error{interrupted}
  // From now on queries run to their end, even after a request to stop. Throws Error{interrupted}
  // if a stop was requested before.
  void stop_interrupting();
  // Rethrows the exception of a beat, if any. After one, queries can still be interrupted, but
  // nothing else beats.
  void rethrow();

  // Peaks of the process's resident memory, in bytes: while a step runs in a lane, and overall.
  void begin_step(std::size_t lane);
  void end_step(std::size_t lane);
  std::int64_t peak_of(std::size_t lane);  // of the step that runs in this lane
  std::int64_t peak() const;

  // Flushes the records with the next beat, or in the destructor.
  void flush_soon() { flush_is_due_ = true; }

 private:
  void run();
  void beat();
  void measure();
  void flush_records(bool now) const;

  const std::vector<duck::Connection>& lanes_;
  const std::vector<const duck::Connection*> others_;
  const std::stop_token stop_;
  RunEvents& events_;

  mutable std::mutex memory_mutex_;
  std::map<std::size_t, std::int64_t> peaks_;  // of the step in each lane
  std::int64_t peak_ = 0;

  std::mutex mutex_;  // guards the members below
  std::condition_variable ends_;
  bool ending_ = false;
  bool interrupting_ = true;
  std::exception_ptr failure_;
  std::atomic<bool> flush_is_due_ = false;
  std::thread thread_;
};

}  // namespace gsa::assets
