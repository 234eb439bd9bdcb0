#pragma once

// Where the columns of a query come from, and whether two versions of a query compute a column
// alike. The query is read as DuckDB parses it; none of its relations has to exist.

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "duck/database.h"

namespace gsa::lineage {

// A column of a table or view, in lower case. `relation` is named as the query names it, without
// quotes: "main.stg_users". Column "*" stands for all columns of a relation whose columns are not
// known.
struct ColumnRef {
  std::string relation;
  std::string column;
  auto operator<=>(const ColumnRef&) const = default;
};
using ColumnRefs = std::set<ColumnRef>;

struct OutputColumn {
  std::string name;
  // Whose values the column is computed from: conditions of CASE, what windows partition and order
  // by and what subqueries within the expression filter by included. CTEs and subqueries are looked
  // through.
  ColumnRefs from;
  // The same in two versions of a query that compute the column by the same expression down to the
  // relations, whatever CTEs and aliases are called. Which rows it is computed over is the shape's.
  std::uint64_t fingerprint = 0;
};

// Where it is not certain what the query means, this says too much, never too little: more columns
// than matter, and fingerprints that differ where nothing changed.
struct QueryLineage {
  // As SELECT lists them. One named "*" stands for columns that are not known by name: those of
  // `select *` from a relation that `columns_of` does not know, or of columns('pattern').
  std::vector<OutputColumn> columns;
  // What decides which rows there are, in the query and in all that it reads from: WHERE, joins,
  // GROUP BY, HAVING, QUALIFY, DISTINCT, LIMIT, unnest() …; but not the order of the result.
  ColumnRefs shape_from;
  std::uint64_t shape = 0;  // likewise; the names of the relations are in it
};

// The columns of a relation, named as in ColumnRef, in their order; nothing if not known.
using ColumnsOf = std::function<std::optional<std::vector<std::string>>(const std::string&)>;

// Throws Error if `select` is not one statement that DuckDB parses and takes for a SELECT. (PIVOT
// as a statement is none, as a part of FROM it is.) What functions such as query() read by a name
// or an SQL text in a string is not seen, and `unnest(x) as y` is taken for that of a list. Runs
// nothing; takes about a millisecond for a model of 100 lines.
QueryLineage lineage_of(duck::Connection& connection, const std::string& select,
                        const ColumnsOf& columns_of);

}  // namespace gsa::lineage
