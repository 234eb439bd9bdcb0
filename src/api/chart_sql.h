#pragma once

// SQL on the published tables for charts that no metrics query draws; users can open it on the SQL
// page. Each query computes the same as the scan of the facts, and tests compare the two.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "api/aggregate.h"
#include "api/metrics_query.h"

namespace gsa::api {

// The SQL to show with an answer: `make()` if it is wanted.
template <typename Make>
std::optional<std::string> sql_if(bool wanted, const Make& make) {
  return wanted ? std::optional<std::string>(make()) : std::nullopt;
}

// One row per bin: its lower edge and the number of sessions or generations (the range's level).
// With `split`, one row per bin and value, without empty ones.
std::string histogram_sql(const Layer& layer, const Range& range, const Dimension* split,
                          const Scope& scope, const DayRange& days);

// One row per segment, the largest contribution first.
std::string contribution_sql(const Layer& layer, const Measure& measure, const Dimension& dimension,
                             const Scope& scope, const DayRange& days, Overlap overlap,
                             std::size_t limit);

// One row per segment of each dimension, the largest effect first; segments with few sessions last.
std::string changes_sql(const Layer& layer, const Measure& measure,
                        const std::vector<const Dimension*>& dimensions, const Scope& scope,
                        const DayRange& days, const DayRange& before, std::size_t limit);

// One row; with `dimension`, one per segment.
std::string funnel_sql(const Layer& layer, const Dimension* dimension, const Scope& scope,
                       const DayRange& days);

// The attribute of users that the saved query 'cohorts' groups by. Throws ApiError if there is
// none.
const Dimension& cohort_dimension(const Layer& layer);

// One row per cohort and week since signup with active users.
std::string cohorts_sql(const Layer& layer, const Scope& scope, const DayRange& days);

// What the rows of the saved query 'top_users' have beside its measures: the attributes of users
// that it groups by, and the measures of the saved query 'top_users_row', if there is one. Throws
// ApiError for others.
struct UserRow {
  std::vector<const Dimension*> attributes;
  std::vector<const Measure*> measures;
};
UserRow user_row(const Layer& layer);

// One row per user.
std::string top_users_sql(const Layer& layer, const Measure& by, const Scope& scope,
                          const DayRange& days, std::size_t limit);

}  // namespace gsa::api
