#pragma once

// DuckDB's own form of a Type, for the sources of this module.

#include <duckdb.h>

#include "duck/handle.h"
#include "duck/type.h"

namespace gsa::duck {

using LogicalType = Handle<duckdb_logical_type, duckdb_destroy_logical_type>;

LogicalType to_logical(const Type& type);

}  // namespace gsa::duck
