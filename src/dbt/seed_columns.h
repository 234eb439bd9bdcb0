#pragma once

// The columns of a seed as dbt-core and dbt-duckdb derive them: names from the first record, types
// from all values. DuckDB reads the values themselves (COPY), here as in dbt-duckdb.

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::dbt {

struct SeedColumn {
  std::string name;
  std::string type;  // integer, float8, date, timestamp, boolean or text
};

// The columns of a CSV text in UTF-8, parsed like Python's csv module does. Columns named in
// `texts` are text whatever their values. Throws Error, without the file's name, if there is no
// first record or if a record has more values than it.
std::vector<SeedColumn> seed_columns(std::string_view csv, char delimiter,
                                     const std::set<std::string, std::less<>>& texts = {});

}  // namespace gsa::dbt
