#pragma once

// How an incremental model adds to the table that is there: the strategies of dbt-duckdb.

#include <cstdint>

#include "dbt/node.h"
#include "dbt/statement_runner.h"

namespace gsa::dbt {

// Adds the rows of `query` to `relation`, which exists. Throws Error where on_schema_change: fail
// finds other columns. Returns the rows inserted or, by a merge, also those updated.
std::int64_t add_rows(StatementRunner& runner, const Node& node, const Relation& relation,
                      const CompiledSql& query);

}  // namespace gsa::dbt
