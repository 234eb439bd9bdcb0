#pragma once

// A progress bar on one line of stderr: label, bar, rows or bytes, rate, time left. Draws only on a
// terminal and only once the work has lasted kProgressDelay, at most ten times a second. One
// thread.

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/terminal.h"

namespace gsa {

inline constexpr double kProgressDelay = 0.5;  // seconds: shorter work needs no bar

enum class ProgressUnit { rows, bytes };

// What a bar measures.
struct Work {
  std::string label;
  std::int64_t total = 0;  // 0 if unknown
  ProgressUnit unit = ProgressUnit::rows;
  // The share that was done before the clock started; rate and time left exclude it.
  double done_before = 0;
};

class Progress {
 public:
  // Draws on `output`. `enabled` is false under --quiet.
  Progress(Work work, const TextOutput& output, bool enabled);
  ~Progress();  // wipes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(double fraction);  // 0 to 1; negative means unknown and draws nothing
  void wipe();

 private:
  Work work_;
  TextOutput output_;
  bool enabled_;
  bool drawn_ = false;
  double last_draw_ = 0;
  Stopwatch watch_;
};

// The text of the bar; separate from drawing so that tests can check it.
std::string format_progress(const Work& work, double fraction, double seconds, std::size_t columns);

}  // namespace gsa
