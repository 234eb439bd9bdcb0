#pragma once

// Decides by the tree that DuckDB parses a text into whether it may run as a reader's query. What a
// query can break is not decided here: it runs in a process that has nothing to lose (confine.h).
// These are the rules:
//
//   - one query, a SELECT
//   - tables are those of the snapshot or the system's
//   - no function that reads files, that runs SQL which is in a text, that changes the settings of
//     the process, or that tells where the server keeps its files
//
// Where the system cannot confine a process (Rules::strict), functions are held against a list of
// what is harmless as well, and tables of the system are refused.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"

namespace gsa::sandbox {

enum class Rules { confined, strict };

// In lower case.
struct TableName {
  std::string schema, name;
  auto operator<=>(const TableName&) const = default;
};

// Of a run that is going on, not of a publication.
inline constexpr std::string_view kHiddenTables = "__gsa_new__";

// What queries may read of the default database: its tables and views but for the hidden ones.
std::set<TableName> readable_tables(duck::Connection& connection);

// What names in queries are held against.
struct Names {
  std::string database;
  std::set<TableName> tables, system_tables;
};
Names names_in(duck::Connection& connection);

// Whether functions of that name are refused in every case; in lower case.
bool is_refused(std::string_view function);
// Those of Rules::strict, in lower case, ascending.
const std::vector<std::string>& harmless_functions();

inline constexpr std::size_t kLongestSql = 100'000;  // bytes

// Throws Failure that says what is not allowed and why, and SqlError where it does not parse. Deep
// recursion: to be called on a thread with a large stack (large_stack.h).
void check_sql(duck::Connection& connection, const std::string& sql, const Names& names,
               Rules rules);

}  // namespace gsa::sandbox
