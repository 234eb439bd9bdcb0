#pragma once

// POST /api/metrics: measures by dimensions, several queries at once.

#include <string>
#include <string_view>

#include "api/fact_store.h"
#include "api/metrics_query.h"

namespace gsa::api {

// One answer per query, in their order; computes them in parallel. An invalid query gets its error
// as its answer. Throws ApiError if the request itself is invalid.
std::string metrics(const Snapshot& snapshot, std::string_view request);

// The answer to one query, as JSON.
std::string answer_query(const Snapshot& snapshot, const MetricsQuery& query);

// The days to compare with; nullopt if the query does not compare, or has no days. "Previous" is
// relative to those of the days that have data (previous() in day.h).
std::optional<DayRange> compared_days(const Facts& facts, const std::optional<Compare>& compare,
                                      const std::optional<DayRange>& days);

}  // namespace gsa::api
