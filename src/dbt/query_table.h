#pragma once

// The result of a template's query: a table with the interface that dbt's users know from agate,
// with columns, rows, column_names and print_table(). Integers, floats, booleans, dates and times
// keep their types, decimals print with all their digits, lists and structs are JSON, everything
// else is text.

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

// Runs a query that only reads. Throws Error for any other statement, for more than
// kMaxTemplateRows rows, and if the query fails; with ErrorCode::interrupted if it was interrupted.
inline constexpr std::size_t kMaxTemplateRows = 1'000'000;
QueryRows query_rows(duck::Connection& connection, const std::string& sql);

Value table_value(QueryRows rows);

}  // namespace gsa::dbt
