#include "pipeline/fetch_progress.h"

#include <cstdio>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"

namespace gsa::pipeline {
namespace {

constexpr std::size_t kLabelColumns = 24;  // leaves room for the numbers on 80 columns

}  // namespace

FetchProgress::FetchProgress(const std::string& label, const Invocation& invocation, bool quiet)
    : label_(clip(label, kLabelColumns)), invocation_(invocation), quiet_(quiet) {}

hub::FetchEvents FetchProgress::events() {
  hub::FetchEvents events;
  events.progress = [this](std::int64_t done, std::int64_t total) { show(done, total); };
  events.cancelled = [this] { return invocation_.stop.stop_requested(); };
  events.message = [this](const std::string& text) { note(text); };
  return events;
}

void FetchProgress::finish() { bar_.reset(); }

// The bar and its clock restart whenever the download does: with another file, or from the start
// again. The bytes in the first call were there before.
void FetchProgress::show(std::int64_t done, std::int64_t total) {
  downloaded_ = true;
  if (total <= 0) return;
  const auto share = [total](std::int64_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(total);
  };
  if (!bar_ || total != total_ || done < done_) {
    bar_.emplace(Work{label_, total, ProgressUnit::bytes, share(done)}, invocation_.err, !quiet_);
    total_ = total;
  }
  done_ = done;
  bar_->update(share(done));
}

void FetchProgress::note(const std::string& text) {
  if (quiet_) return;
  if (bar_) bar_->wipe();
  const TextOutput& err = invocation_.err;
  fmt::print(err.file(), "{}  {} {}\n", clock_now(), err.paint(Ink::yellow, "note:"), text);
}

}  // namespace gsa::pipeline
