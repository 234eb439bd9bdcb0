#pragma once

// The report: overall and by tier, and where the numbers came from.

#include <string>

#include "duck/database.h"

namespace gsa::app {

enum class ReportFormat { table, json, markdown };

// Reads the published tables; throws Error where nothing was published yet.
// JSON: one object {provenance, overall, by_tier}; rates in percent, costs in credits. Totals are
// of what is in sessions; generations of unknown users are counted apart. What there are no
// sessions to say it of is null, – in a table.
std::string report(duck::Connection& connection, ReportFormat format);

}  // namespace gsa::app
