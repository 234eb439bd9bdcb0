#pragma once

// The macros that dbt brings along and projects call, written for DuckDB: dbt.dateadd, type_string,
// date_spine, run_query … A project's own duckdb__NAME or default__NAME takes their place.

#include <string_view>

namespace gsa::dbt {

std::string_view dbt_macros();

}  // namespace gsa::dbt
