#pragma once

// The macros that dbt provides and projects call, written for DuckDB: dbt.dateadd, type_string,
// date_spine, run_query … A project's duckdb__NAME or default__NAME overrides them.

#include <string_view>

namespace gsa::dbt {

std::string_view dbt_macros();

}  // namespace gsa::dbt
