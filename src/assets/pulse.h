#pragma once

// Beats some twenty times a second while a run goes on, on a thread of its own: stops queries once
// the run is told to stop, measures memory, flushes records, and tells the listener.

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
  // Beats from now to its end. All must outlive it. Queries on `lanes` and `others` are interrupted
  // once `stop` was asked for.
  Pulse(const std::vector<duck::Connection>& lanes, std::vector<const duck::Connection*> others,
        std::stop_token stop, RunEvents& events);
  ~Pulse();
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  bool is_told_to_stop() const { return stop_.stop_requested(); }
  void stop_if_told() const;  // throws Error{interrupted}
  // From now on queries run to their end whatever is asked for. Throws Error{interrupted} if it was
  // asked for before.
  void stop_interrupting();
  // Throws what a beat threw; no beat comes after that.
  void rethrow();

  // Memory: the peak while a step runs in a lane, and of all so far. Bytes.
  void begin_step(std::size_t lane);
  void end_step(std::size_t lane);
  std::int64_t peak_of(std::size_t lane);  // of the step that runs there
  std::int64_t peak() const;

  // Flushes the records with the next beat, or at the end.
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

  std::mutex mutex_;  // of what follows
  std::condition_variable ends_;
  bool ending_ = false;
  bool interrupting_ = true;
  std::exception_ptr failure_;
  std::atomic<bool> flush_is_due_ = false;
  std::thread thread_;
};

}  // namespace gsa::assets
