#pragma once

// The steps of a run as a Gantt chart of text: when each began and ended, and which of them the
// run's length hangs on.
//
// The critical path is walked from its end. It begins with the step that ended last. What a step
// had to wait for is, of the steps that it names in waited_for, the one that ended last: its data.
// Where the previous step of its lane ended later than that, it is that one: its worker was busy.
// So on to a step that waited for nothing. Every step goes back to one that began before it (their
// numbers are in the order they began), so the walk ends. To make the run shorter, a step of this
// path has to become shorter; where it came by its lane, more workers help too.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/history.h"
#include "base/terminal.h"

namespace gsa::assets {

struct GanttOptions {
  std::size_t width = 80;  // columns; fewer than 60 are taken for 60
  double seconds = 0;      // the run's; the axis ends there, or where the last step did
  bool all = false;        // a line for each step
  // Colours a text that takes its own columns; none: no colours.
  std::function<std::string(Ink, std::string_view)> paint;
};

// Indices of `steps`, which are in the order they began; first to last.
std::vector<std::size_t> critical_path(const std::vector<PastStep>& steps);

// A line a step, in their order, the critical path marked with ●, and its length below. Unless all
// are wanted, checks of one asset that went well (or were skipped) share a line, and of more than
// about 60 lines the shortest that are not on the critical path share the last one, those that went
// well first. The seconds of a line that stands for several steps are those in which one of them
// was running, as its bar shows.
std::string format_gantt(const std::vector<PastStep>& steps, const GanttOptions& options);

}  // namespace gsa::assets
