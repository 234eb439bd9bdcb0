#pragma once

// How many events know a signal.

#include <cstdint>
#include <string_view>
#include <vector>

#include "duck/database.h"
#include "telemetry/event_tables.h"
#include "telemetry/mapping.h"
#include "telemetry/signal.h"

namespace gsa::telemetry {

struct SignalCoverage {
  Signal signal;
  std::int64_t known = 0;  // events with a value that could be read
};

// The column or expression of select_events() that says whether a signal is known.
std::string_view column_of(Signal signal);

// Of the signals of the mapping that the tables keep, in their order: not of errors and HTTP
// statuses, which the statuses were made of.
std::vector<SignalCoverage> coverage_of(duck::Connection& connection, const EventTables& tables,
                                        const Mapping& mapping);

}  // namespace gsa::telemetry
