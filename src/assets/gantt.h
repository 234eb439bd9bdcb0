#pragma once

// Draws the steps of a run as a text Gantt chart: when each began and ended, and the critical path,
// which determines the run's length.
//
// The critical path is found backwards. It ends with the step that ended last. From a step, the
// walk goes to its latest predecessor: of the steps in waited_for, the one that ended last (it
// waited for data), or the previous step of its lane if that ended even later (it waited for a
// worker). The walk stops at a step that waited for nothing. Every predecessor began earlier, and
// steps are numbered in the order they began, so the walk ends. To shorten the run, shorten a step
// on this path; where the path follows a lane, more workers help too.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/history.h"
#include "base/terminal.h"

namespace gsa::assets {

struct GanttOptions {
  std::size_t width = 80;  // columns; at least 60 are used
  double seconds = 0;      // of the run; the axis ends there, or at the end of the last step
  bool all = false;        // one line for each step
  // Colours a text without changing its width; empty: no colours.
  std::function<std::string(Ink, std::string_view)> paint;
};

// Indices into `steps`, from first to last. `steps` must be in the order they began.
std::vector<std::size_t> critical_path(const std::vector<StepRecord>& steps);

// One line for each step, in their order, the critical path marked with ●, and its length below.
// Unless `all` is set, long charts are folded: checks of one asset that succeeded or were skipped
// share a line; beyond about 60 lines, the shortest steps off the critical path share the last
// line, successful ones first. The seconds of a shared line count the time in which any of its
// steps ran, as its bar shows.
std::string format_gantt(const std::vector<StepRecord>& steps, const GanttOptions& options);

}  // namespace gsa::assets
