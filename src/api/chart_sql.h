#pragma once

// The queries behind the charts that no query of metrics draws, as SQL on the published tables,
// which can be taken to the SQL page. Each says what the scan of the facts computes; tests compare
// them.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "api/aggregate.h"
#include "api/metrics_query.h"

namespace gsa::api {

// What an answer shows: `make()` where it is wanted.
template <typename Make>
std::optional<std::string> sql_if(bool wanted, const Make& make) {
  return wanted ? std::optional<std::string>(make()) : std::nullopt;
}

// A row a bin: its lower edge and how many sessions or generations of the range's level it has;
// with `split` a row a bin and value, without the empty ones.
std::string histogram_sql(const Layer& layer, const Range& range, const Dimension* split,
                          const Scope& scope, const DayRange& days);

// A row a segment, the largest contribution first.
std::string contribution_sql(const Layer& layer, const Measure& measure, const Dimension& dimension,
                             const Scope& scope, const DayRange& days, Overlap overlap,
                             std::size_t limit);

// A row a segment of each dimension, the largest effect first, those of few sessions last.
std::string changes_sql(const Layer& layer, const Measure& measure,
                        const std::vector<const Dimension*>& dimensions, const Scope& scope,
                        const DayRange& days, const DayRange& before, std::size_t limit);

// A row, or with `dimension` one a segment.
std::string funnel_sql(const Layer& layer, const Dimension* dimension, const Scope& scope,
                       const DayRange& days);

// The attribute of users that the saved query 'cohorts' groups by. Throws ApiError where there is
// none.
const Dimension& cohort_dimension(const Layer& layer);

// A row a cohort and week since the signup in which anybody was active.
std::string cohorts_sql(const Layer& layer, const Scope& scope, const DayRange& days);

// A row a user.
std::string top_users_sql(const Layer& layer, const Measure& by, const Scope& scope,
                          const DayRange& days, std::size_t limit);

}  // namespace gsa::api
