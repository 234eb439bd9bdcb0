#pragma once

// How large a query becomes when DuckDB plans it, before a single row is read: `select *, *` over
// itself doubles its columns with every level, a struct of two copies doubles its type, a CTE that
// reads another one twice doubles the plan, and a filter on `s || s` is pushed down level by level
// with an expression that doubles. Twenty or thirty levels of any of these fit a tweet and take all
// memory, where no limit of DuckDB's counts it and nothing interrupts it.
//
// The walk bounds it from above: a query's columns, the leaves of the widest type among them, the
// nodes of the largest expression with every column put in the place of its name, and its tables
// and queries with every CTE likewise. A plain name of a column may stand for the widest column
// there is, or for a whole row where it is also the name of a table.

#include <boost/json.hpp>

namespace gsa::api {

inline constexpr double kMaxColumns = 5000;
inline constexpr double kMaxLeaves = 5000;
inline constexpr double kMaxNodes = 100'000;
inline constexpr double kMaxTables = 1000;  // and queries within the query

// `query` is a query node of json_serialize_sql(). Throws ApiError "sql_refused" where a limit is
// passed.
void check_extent(const boost::json::value& query);

}  // namespace gsa::api
