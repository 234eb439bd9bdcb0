#include "base/progress.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"

namespace gsa {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr double kTooEarlyToTell = 0.01;  // of the work: the time left would be a guess
constexpr std::size_t kBarColumns = 24, kShortestBar = 8;

std::string duration(double seconds) {
  const auto whole = static_cast<int>(seconds + 0.5);
  return whole < 60 ? fmt::format("{}s", whole) : fmt::format("{}m{:02}s", whole / 60, whole % 60);
}

std::string amount(ProgressUnit unit, double count) {
  return unit == ProgressUnit::bytes ? format_bytes(count)
                                     : with_thousands(static_cast<std::int64_t>(count)) + " rows";
}

// "500 of 1,000 rows", "500 kB of 1.2 MB"
std::string counted(ProgressUnit unit, double done, double total) {
  const std::string begin = unit == ProgressUnit::bytes
                                ? format_bytes(done)
                                : with_thousands(static_cast<std::int64_t>(done));
  return fmt::format("{} of {}", begin, amount(unit, total));
}

}  // namespace

std::string format_progress(const Work& work, double fraction, double seconds,
                            std::size_t columns) {
  fraction = std::clamp(fraction, 0.0, 1.0);
  const auto total = static_cast<double>(work.total);
  const double done_now = std::max(0.0, fraction - work.done_before);
  std::string count, rate, left;
  if (work.total > 0) {
    count = "  " + counted(work.unit, fraction * total, total);
    if (seconds > 0) rate = fmt::format("  {}/s", amount(work.unit, done_now * total / seconds));
  }
  if (done_now > kTooEarlyToTell * (1 - work.done_before)) {
    left = fmt::format("  {} left", duration(seconds / done_now * (1 - fraction)));
  }

  // A narrow terminal gets a shorter bar, then no rate, then no count, and at last no time left.
  const std::string percent = fmt::format(" {:3.0f} %", fraction * 100);
  const std::size_t fixed = display_width(work.label) + 1 + display_width(percent);
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
  return clip(work.label + " " + bar + percent + tail, columns);
}

Progress::Progress(Work work, const TextOutput& output, bool enabled)
    : work_(std::move(work)), output_(output), enabled_(enabled && output.is_terminal()) {}

Progress::~Progress() { wipe(); }

void Progress::wipe() {
  if (drawn_) {
    std::fputs("\r\033[K", output_.file());
    std::fflush(output_.file());
  }
  drawn_ = false;
}

void Progress::update(double fraction) {
  const double now = watch_.seconds();
  if (!enabled_ || fraction < 0 || now < kProgressDelay ||
      (drawn_ && now - last_draw_ < kRedrawSeconds))
    return;
  const std::string line = format_progress(work_, fraction, now, output_.width() - 1);
  fmt::print(output_.file(), "\r\033[K{}", line);
  std::fflush(output_.file());
  drawn_ = true;
  last_draw_ = now;
}

}  // namespace gsa
