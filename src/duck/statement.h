#pragma once

// Prepared statements and the errors of DuckDB's C API, for the sources of this module.

#include <string>

#include <duckdb.h>

#include "duck/handle.h"

namespace gsa::duck {

using Prepared = Handle<duckdb_prepared_statement, duckdb_destroy_prepare>;

// Throws SqlError if the statement does not parse or bind.
Prepared prepare(duckdb_connection connection, const std::string& sql);

[[noreturn]] void throw_error(duckdb_result& result);
[[noreturn]] void throw_prepare_error(duckdb_prepared_statement prepared);

}  // namespace gsa::duck
