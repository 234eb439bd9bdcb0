#pragma once

// DuckDB's complaint about a statement, told in terms of the template that wrote it.

#include <string>

#include "base/error.h"
#include "dbt/compile.h"
#include "duck/sql_error.h"

namespace gsa::dbt {

// "models/x.sql:7:3: Referenced column …", the line of the template and a caret, with what was
// likely meant as the hint. `statement` is what was executed; relations that `hook` renamed in it
// are told of by their own names.
Error explain_sql_error(const duck::SqlError& error, const CompiledSql& statement, const Node& node,
                        const Project& project, const RelationHook& hook = {});

}  // namespace gsa::dbt
