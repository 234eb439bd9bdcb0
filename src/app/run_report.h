#pragma once

// Formats recorded runs as text, for `gsa runs`.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/history.h"
#include "base/table.h"
#include "base/terminal.h"
#include "duck/database.h"

namespace gsa::app {

// One row per run, in the given order; options are cut to a few words.
std::string run_table(const std::vector<assets::RunRecord>& runs, TableStyle style);

struct RunReportOptions {
  std::size_t width = 80;
  bool all_steps = false;  // one line for each
  std::function<std::string(Ink, std::string_view)> paint;
};

// A report on the run: its data, its steps as a Gantt chart, and its failures with the first
// failing rows of its checks.
std::string run_report(duck::Connection& connection, const assets::RunRecord& run,
                       const RunReportOptions& options);

}  // namespace gsa::app
