#pragma once

// POST /api/metrics: measures by dimensions, several queries at once.

#include <string>
#include <string_view>

#include "api/fact_store.h"
#include "api/metrics_query.h"

namespace gsa::api {

// One answer a query, in their order; they are computed side by side. A query that is wrong has its
// error in its place. Throws ApiError where the request as a whole is wrong.
std::string metrics(const Snapshot& snapshot, std::string_view request);

// One query, as JSON.
std::string answer_query(const Snapshot& snapshot, const MetricsQuery& query);

// The days to compare with; none where the query does not compare, or has no days. "Previous" is
// what comes before those of the days that have data (previous() in day.h).
std::optional<DayRange> compared_days(const Facts& facts, const std::optional<Compare>& compare,
                                      const std::optional<DayRange>& days);

}  // namespace gsa::api
