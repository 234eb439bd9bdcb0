#pragma once

// A query as SQL on the published tables, shown with its answer and usable on the SQL page. It
// computes the same as the scan of the facts; tests run it and compare.

#include <string>
#include <string_view>
#include <vector>

#include "api/metrics_query.h"

namespace gsa::api {

// One SELECT with a column per dimension and measure. It returns the rows of the answer, except
// empty hours and days.
std::string sql_of(const Layer& layer, const MetricsQuery& query, const DayRange& days);
// The same as a subquery: all rows, unordered.
std::string rows_sql_of(const Layer& layer, const MetricsQuery& query, const DayRange& days);

// "s.session_id in (…)": the sessions with at least one of `generations as g`.
std::string has_generation_sql(const Layer& layer);

// The condition for filters on users and sessions, over fct_sessions as s and dim_users as u;
// "true" if there are none.
std::string session_condition(const Layer& layer, const Scope& scope, const DayRange& days);
// The condition for filters on generations, over fct_generations as g.
std::string generation_condition(const Scope& scope);
// Over dim_users as u: users who signed up by `to` and pass the filters on users.
std::string user_condition(const Layer& layer, const Scope& scope, Day to);

// The dimension's column name in the expressions below; no table has a column of that name.
std::string sql_alias(const Dimension& dimension);
// "sessions as (…)" and "generations as (…)", which reads the former: the selected rows, with their
// dimensions.
std::string sessions_sql(const Layer& layer, const Scope& scope, const DayRange& days,
                         const std::vector<const Dimension*>& dimensions);
std::string generations_sql(const Layer& layer, const Scope& scope,
                            const std::vector<const Dimension*>& dimensions);
// The same for several periods, with the name of each in the column `period`.
struct NamedDays {
  std::string_view name;
  DayRange days;
};
std::string sessions_sql(const Layer& layer, const Scope& scope,
                         const std::vector<NamedDays>& periods,
                         const std::vector<const Dimension*>& dimensions);
std::string generations_by_period_sql(const Layer& layer, const Scope& scope,
                                      const std::vector<const Dimension*>& dimensions);

}  // namespace gsa::api
