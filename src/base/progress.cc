#include "base/progress.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/terminal.h"
#include "base/text.h"

namespace gsa {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr std::size_t kBarColumns = 24, kShortestBar = 8;

std::string duration(double seconds) {
  const auto whole = static_cast<int>(seconds + 0.5);
  return whole < 60 ? fmt::format("{}s", whole) : fmt::format("{}m{:02}s", whole / 60, whole % 60);
}

}  // namespace

std::string format_progress(const std::string& label, double fraction, std::int64_t total,
                            double seconds, std::size_t columns) {
  fraction = std::clamp(fraction, 0.0, 1.0);
  std::string count, rate, left;
  if (total > 0) {
    const double rows = fraction * static_cast<double>(total);
    count = fmt::format("  {} of {} rows", with_thousands(static_cast<std::int64_t>(rows)),
                        with_thousands(total));
    if (seconds > 0) {
      rate = fmt::format("  {} rows/s", with_thousands(static_cast<std::int64_t>(rows / seconds)));
    }
  }
  if (fraction > 0.01) left = fmt::format("  {} left", duration(seconds / fraction - seconds));

  // A narrow terminal has a shorter bar, then no rate, then no rows: the time left goes last.
  const std::string percent = fmt::format(" {:3.0f} %", fraction * 100);
  const std::size_t fixed = display_width(label) + 1 + display_width(percent);
  std::string tail = count + rate + left;
  for (const std::string& shorter : {count + left, left}) {
    if (fixed + kShortestBar + display_width(tail) > columns) tail = shorter;
  }
  const std::size_t taken = fixed + display_width(tail);
  const std::size_t room = columns > taken ? columns - taken : 0;
  const std::size_t width = std::clamp(room, kShortestBar, kBarColumns);
  const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(width));
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < filled ? "━" : "─";
  return clip(label + " " + bar + percent + tail, columns);
}

Progress::Progress(std::string label, std::int64_t total, bool enabled)
    : label_(std::move(label)), total_(total), enabled_(enabled && is_terminal(STDERR_FILENO)) {}

Progress::~Progress() { wipe(); }

void Progress::wipe() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

void Progress::update(double fraction) {
  const double now = watch_.seconds();
  if (!enabled_ || fraction < 0 || now < kProgressDelay ||
      (drawn_ && now - last_draw_ < kRedrawSeconds))
    return;
  const std::string line =
      format_progress(label_, fraction, total_, now, terminal_width(STDERR_FILENO) - 1);
  fmt::print(stderr, "\r\033[K{}", line);
  std::fflush(stderr);
  drawn_ = true;
  last_draw_ = now;
}

}  // namespace gsa
