#pragma once

// Tells where the columns of a query come from, and whether two versions of a query compute a
// column in the same way. Works on the tree that DuckDB parses; the relations need not exist.

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "duck/database.h"

namespace gsa::lineage {

// A column of a table or view, in lower case. `relation` is the name that the query uses, without
// quotes: "main.stg_users". The column "*" means all columns of a relation whose columns are
// unknown.
struct ColumnRef {
  std::string relation;
  std::string column;
  auto operator<=>(const ColumnRef&) const = default;
};
using ColumnRefs = std::set<ColumnRef>;

struct OutputColumn {
  std::string name;
  // The columns whose values it is computed from. That includes conditions of CASE, the PARTITION
  // BY and ORDER BY of windows, and the filters of subqueries within the expression. CTEs and
  // subqueries are resolved down to their relations.
  ColumnRefs from;
  // Equal in two versions of a query if both compute the column by the same expression, down to the
  // relations; names of CTEs and aliases do not matter. The rows that it is computed over belong to
  // `shape`.
  std::uint64_t fingerprint = 0;
};

// The columns and rows of a query. Wherever the meaning of the query is uncertain, this errs on the
// safe side: it has more columns than necessary, and fingerprints that differ without a change.
struct QueryLineage {
  // In SELECT's order. A column named "*" stands for columns with unknown names: those of `select
  // *` from a relation that `columns_of` does not know, and those of columns('pattern').
  std::vector<OutputColumn> columns;
  // The columns that decide which rows there are, in the query and in everything that it reads:
  // WHERE, joins, GROUP BY, HAVING, QUALIFY, DISTINCT, LIMIT, unnest() …; not the order of the
  // result.
  ColumnRefs shape_from;
  std::uint64_t shape = 0;  // fingerprint of the same; includes the relations' names
};

// The columns of a relation, named as in ColumnRef and in their order; null if unknown.
using ColumnsOf = std::function<std::optional<std::vector<std::string>>(const std::string&)>;

// Reads the lineage of `select`. Throws Error unless it is one statement that DuckDB parses as a
// SELECT; PIVOT may be part of FROM, but not the statement itself. Does not see the relations that
// functions such as query() read by a name or by SQL in a string. Takes `unnest(x) as y` for the
// unnest of a list. Runs nothing; takes about a millisecond for a model of 100 lines. Uses
// `connection` only to parse.
QueryLineage lineage_of(duck::Connection& connection, const std::string& select,
                        const ColumnsOf& columns_of);

}  // namespace gsa::lineage
