#pragma once

// Adds to the existing table of an incremental model, by the strategies of dbt-duckdb.

#include <cstdint>

#include "dbt/node.h"
#include "dbt/statement_runner.h"

namespace gsa::dbt {

// Adds the rows of `query` to `relation`, which must exist. Throws Error if on_schema_change is
// `fail` and the columns differ. Returns the number of inserted rows; a merge counts updated rows
// as well.
std::int64_t add_rows(StatementRunner& runner, const Node& node, const Relation& relation,
                      const CompiledSql& query);

}  // namespace gsa::dbt
