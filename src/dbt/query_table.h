#pragma once

// What a template gets for a query: a table as dbt's users know it from agate, with columns, rows,
// column_names and print_table(). Integers, floats, booleans, dates and times are values of that
// type, decimals print with all their digits, lists and structs are JSON, all else is text.

#include <string>
#include <vector>

#include "dbt/jinja_names.h"
#include "duck/database.h"

namespace gsa::dbt {

struct QueryRows {
  std::vector<std::string> columns;
  std::vector<std::string> types;  // DuckDB's: "DECIMAL(14,4)"
  std::vector<List> rows;
};

// Runs a query that reads. Throws Error for any other statement, for more than kMaxTemplateRows
// rows, where the query fails, and with ErrorCode::interrupted where it was interrupted.
inline constexpr std::size_t kMaxTemplateRows = 1'000'000;
QueryRows query_rows(duck::Connection& connection, const std::string& sql);

Value table_value(QueryRows rows);

}  // namespace gsa::dbt
