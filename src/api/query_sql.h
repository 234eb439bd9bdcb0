#pragma once

// A query as SQL on the published tables: what is shown with an answer, and can be taken to the SQL
// page. It says what the scan of the facts computes; tests run it and compare.

#include <string>

#include "api/query.h"

namespace gsa::api {

// One SELECT with a column a dimension and a measure. Its rows are those of the answer, but for
// empty hours and days, which it leaves out.
std::string sql_of(const MetricsQuery& query, const DayRange& days);

// The condition of filters on users and sessions over fct_sessions as s and dim_users as u; "true"
// if there are none.
std::string session_condition(const Scope& scope, const DayRange& days);
// And on fct_generations as g.
std::string generation_condition(const Scope& scope);

}  // namespace gsa::api
