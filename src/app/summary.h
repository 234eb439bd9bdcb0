#pragma once

// The summary report: overall, by tier, and the origin of the numbers.

#include <string>

#include "duck/database.h"

namespace gsa::app {

enum class ReportFormat { table, json, markdown };

// Reads the published tables; throws Error if nothing is published. JSON: one object {provenance,
// currency, overall, by_tier}; rates in percent, costs in `currency`. Totals cover generations in
// sessions; generations of unknown users are counted separately. A value without sessions to
// compute it from is null, shown as – in a table.
std::string report(duck::Connection& connection, ReportFormat format);

}  // namespace gsa::app
