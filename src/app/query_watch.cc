#include "app/query_watch.h"

#include <chrono>
#include <cstdio>

#include <fmt/format.h>

namespace gsa::app {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(50);

}  // namespace

QueryWatch::QueryWatch(const duck::Connection& connection, const Invocation& invocation,
                       bool show_progress)
    : connection_(connection),
      invocation_(invocation),
      show_progress_(show_progress),
      thread_([this] { watch(); }) {}

QueryWatch::~QueryWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

void QueryWatch::begin(const std::string& label, std::int64_t rows) {
  const std::lock_guard lock(mutex_);
  progress_ = std::make_unique<Progress>(Work{label, rows}, invocation_.err, show_progress_);
}

void QueryWatch::end() {
  const std::lock_guard lock(mutex_);
  progress_.reset();
}

void QueryWatch::stop_interrupting() {
  const std::lock_guard lock(mutex_);
  interrupting_ = false;
}

void QueryWatch::log(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (progress_) progress_->wipe();
  fmt::print(invocation_.err.file(), "{}\n", line);
}

void QueryWatch::watch() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, kPollInterval, [this] { return stopping_; })) {
    if (interrupting_ && invocation_.stop.stop_requested()) connection_.interrupt();
    if (progress_) progress_->update(connection_.progress().fraction);
  }
}

}  // namespace gsa::app
