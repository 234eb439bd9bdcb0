#pragma once

// Decides whether a text may run as a query of somebody who may only read the warehouse, by the
// tree that DuckDB parses it into. What is not known to be harmless is refused: kinds of nodes,
// functions and tables are held against lists of what is allowed. Nothing is bound or run, since
// binding alone reads files.
//
// Refused for what they can do: whatever is no SELECT; other tables than the warehouse's own
// (files, system tables, other databases); functions that are not on the list (files, settings,
// sequences, SQL in strings, secrets …).
// Refused for what they can cost: functions that make long texts or lists out of short arguments
// outside DuckDB's memory limit; lambdas, whose loops cannot be interrupted; and queries that grow
// without bound before they run, of columns, of structs, or of CTEs within CTEs.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"

namespace gsa::api {

// In lower case.
struct TableName {
  std::string schema, name;
  auto operator<=>(const TableName&) const = default;
};

// What queries may read: tables and views of the warehouse in schemas main, ops and partitions,
// without those of a run that is going on.
std::set<TableName> readable_tables(duck::Connection& connection);

// In lower case, ascending.
const std::vector<std::string>& allowed_functions();

inline constexpr std::size_t kLongestSql = 100'000;  // bytes

// Throws ApiError "sql_refused" that says what is not allowed and why, and "sql_error" where it
// does not parse. Deep recursion: to be called on a thread with a large stack (sql_sandbox.cc).
void check_sql(duck::Connection& connection, const std::string& sql,
               const std::set<TableName>& tables);

}  // namespace gsa::api
