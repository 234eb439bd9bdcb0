#include "assets/pulse.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/error.h"
#include "base/memory.h"

namespace gsa::assets {
namespace {

constexpr auto kPulse = std::chrono::milliseconds(40);

}  // namespace

Pulse::Pulse(const std::vector<duck::Connection>& lanes,
             std::vector<const duck::Connection*> others, std::stop_token stop, RunEvents& events)
    : lanes_(lanes),
      others_(std::move(others)),
      stop_(std::move(stop)),
      events_(events),
      thread_([this] { run(); }) {}

Pulse::~Pulse() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ends_.notify_one();
  thread_.join();
  if (flush_is_due_) flush_records(true);
}

void Pulse::stop_if_told() const {
  if (is_told_to_stop()) throw Error("interrupted", "", ErrorCode::interrupted);
}

void Pulse::stop_interrupting() {
  const std::lock_guard lock(mutex_);
  interrupting_ = false;
  stop_if_told();
}

void Pulse::rethrow() {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

void Pulse::run() {
  std::unique_lock lock(mutex_);
  while (!ends_.wait_for(lock, kPulse, [this] { return ending_; })) {
    if (interrupting_ && is_told_to_stop()) {
      for (const duck::Connection& lane : lanes_) lane.interrupt();
      for (const duck::Connection* other : others_) other->interrupt();
    }
    if (failure_) continue;  // rethrow() reports it; a stop still works
    try {
      beat();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
}

void Pulse::beat() {
  measure();
  events_.pulse(lanes_);
  if (interrupting_) flush_records(flush_is_due_.exchange(false));
}

void Pulse::measure() {
  const std::lock_guard lock(memory_mutex_);
  const std::int64_t now = resident_bytes();
  peak_ = std::max(peak_, now);
  for (auto& [lane, peak] : peaks_) peak = std::max(peak, now);
}

void Pulse::begin_step(std::size_t lane) {
  const std::lock_guard lock(memory_mutex_);
  peaks_[lane] = resident_bytes();
}

std::int64_t Pulse::peak_of(std::size_t lane) {
  measure();
  const std::lock_guard lock(memory_mutex_);
  return peaks_[lane];
}

void Pulse::end_step(std::size_t lane) {
  const std::lock_guard lock(memory_mutex_);
  peaks_.erase(lane);
}

std::int64_t Pulse::peak() const {
  const std::lock_guard lock(memory_mutex_);
  return peak_;
}

// If records cannot be written now, for example on a full disk, the end of the run tries again.
void Pulse::flush_records(bool now) const {
  if (events_.recorder() == nullptr) return;
  try {
    if (now) {
      events_.recorder()->flush();
    } else {
      events_.recorder()->flush_if_due();
    }
  } catch (const Error&) {
    return;
  }
}

}  // namespace gsa::assets
