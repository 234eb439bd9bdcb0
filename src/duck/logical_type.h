#pragma once

// DuckDB's own form of a Type.

#include "duck/function.h"
#include "duck/handle.h"

namespace gsa::duck {

using LogicalType = Handle<duckdb_logical_type, duckdb_destroy_logical_type>;

LogicalType to_logical(const Type& type);

}  // namespace gsa::duck
