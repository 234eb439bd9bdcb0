#include "assets/run_events.h"

namespace gsa::assets {

void RunEvents::begin(StepRecord& step, bool is_told) {
  const std::lock_guard lock(mutex_);
  step.step = ++begun_;
  if (is_told) listener_.begun(step);
}

void RunEvents::end(const StepRecord& step, const Error* failure, bool is_told) {
  if (recorder_ != nullptr) recorder_->step(step);
  if (failure != nullptr && failure->code() != ErrorCode::interrupted) {
    record("error", step.name, step.kind + "_failed", failure->message());
  }
  if (!is_told) return;
  const std::lock_guard lock(mutex_);
  listener_.ended(step, failure, ++ended_, total_);
}

std::int64_t RunEvents::begun() const {
  const std::lock_guard lock(mutex_);
  return begun_;
}

void RunEvents::note(const std::string& text) {
  const std::lock_guard lock(mutex_);
  listener_.note(text);
}

void RunEvents::pulse(const std::vector<duck::Connection>& lanes) {
  const std::lock_guard lock(mutex_);
  listener_.pulse(lanes);
}

void RunEvents::record(std::string_view level, const std::string& asset, std::string_view event,
                       const std::string& message, const Fields& fields) {
  if (recorder_ != nullptr) recorder_->event(level, asset, event, message, fields);
}

}  // namespace gsa::assets
