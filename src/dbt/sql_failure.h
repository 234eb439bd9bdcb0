#pragma once

// Translates DuckDB's error about a statement into the terms of the template that wrote it.

#include <string>

#include "base/error.h"
#include "dbt/compile.h"
#include "duck/sql_error.h"

namespace gsa::dbt {

// "models/x.sql:7:3: Referenced column …", the template's line with a caret, and the likely
// intention as the hint. `statement` is the SQL that ran. Relations that `hook` renamed appear
// under their own names.
Error explain_sql_error(const duck::SqlError& error, const CompiledSql& statement, const Node& node,
                        const Project& project, const RelationHook& hook = {});

}  // namespace gsa::dbt
