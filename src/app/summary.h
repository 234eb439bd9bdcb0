#pragma once

// The summary report: overall, by tier, and the origin of the numbers.

#include <string>
#include <string_view>

#include "duck/database.h"

namespace gsa::app {

enum class ReportFormat { table, json, markdown };

// Reads the published tables; throws Error if nothing is published. `by` names the dimension to
// split by, "": tier. JSON: one object {provenance, signals, currency, other_currencies, overall,
// coverage, by_tier, coverage_by_tier}, where `tier` is the dimension's name; rates in
// percent, costs in `currency`, and as coverage the shares of rows that know a number, where not
// all do. Totals cover generations in sessions; generations of unknown users are counted
// separately. A value without anything known to compute it from is null, shown as – in a table;
// tables leave out what is unknown everywhere.
std::string report(duck::Connection& connection, ReportFormat format, std::string_view by = "");

}  // namespace gsa::app
