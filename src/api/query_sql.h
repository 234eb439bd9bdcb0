#pragma once

// A query as SQL on the published tables: what is shown with an answer, and can be taken to the SQL
// page. It says what the scan of the facts computes; tests run it and compare.

#include <string>
#include <string_view>
#include <vector>

#include "api/metrics_query.h"

namespace gsa::api {

// One SELECT with a column a dimension and a measure. Its rows are those of the answer, but for
// empty hours and days, which it leaves out.
std::string sql_of(const Layer& layer, const MetricsQuery& query, const DayRange& days);
// The same for use within another: all rows, in no order.
std::string rows_sql_of(const Layer& layer, const MetricsQuery& query, const DayRange& days);

// "s.session_id in (…)": the sessions that have one of `generations as g`.
std::string has_generation_sql(const Layer& layer);

// The condition of filters on users and sessions over fct_sessions as s and dim_users as u; "true"
// if there are none.
std::string session_condition(const Layer& layer, const Scope& scope, const DayRange& days);
// And on fct_generations as g.
std::string generation_condition(const Scope& scope);
// On dim_users as u: who had signed up by then, and passes the filters on users.
std::string user_condition(const Layer& layer, const Scope& scope, Day to);

// The dimension as a column of what is below, where no table has one of that name.
std::string sql_alias(const Dimension& dimension);
// "sessions as (…)" and "generations as (…)", which reads it: those that are chosen, with
// dimensions.
std::string sessions_sql(const Layer& layer, const Scope& scope, const DayRange& days,
                         const std::vector<const Dimension*>& dimensions);
std::string generations_sql(const Layer& layer, const Scope& scope,
                            const std::vector<const Dimension*>& dimensions);
// The same of several periods, which are their column `period`.
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
