#pragma once

// Decides from DuckDB's parse tree whether a text may run as a reader's query. This does not
// protect against what a query can break: the query runs in a process that has nothing to lose
// (confine.h). The rules are:
//
//   - one query, a SELECT
//   - only tables of the snapshot or of the system
//   - no function that reads files, that runs SQL given as text, that changes the settings of the
//     process, or that reveals where the server keeps its files
//
// If the system cannot confine a process (Rules::strict), only functions on a list of harmless ones
// may be used, and no system tables.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"

namespace gsa::sandbox {

enum class Rules { confined, strict };

// Both in lower case.
struct TableName {
  std::string schema, name;
  auto operator<=>(const TableName&) const = default;
};

// Tables with this in their name belong to a run in progress, not to a publication.
inline constexpr std::string_view kHiddenTables = "__gsa_new__";

// The tables and views of the default database that queries may read: all but the hidden ones.
std::set<TableName> readable_tables(duck::Connection& connection);

// The names that a query's names are checked against.
struct Names {
  std::string database;
  std::set<TableName> tables, system_tables;
};
Names names_in(duck::Connection& connection);

// Whether functions of that name (in lower case) are always refused.
bool is_refused(std::string_view function);
// The functions that Rules::strict allows, in lower case, ascending.
const std::vector<std::string>& harmless_functions();

inline constexpr std::size_t kLongestSql = 100'000;  // bytes

// Throws Failure that says what is not allowed and why, and SqlError if the text does not parse.
// Recurses deeply, so call it on a thread with a large stack (large_stack.h).
void check_sql(duck::Connection& connection, const std::string& sql, const Names& names,
               Rules rules);

}  // namespace gsa::sandbox
