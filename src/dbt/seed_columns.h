#pragma once

// The columns of a seed, as dbt-core and dbt-duckdb make them: names from the first record, types
// from all values. The values themselves DuckDB reads (COPY), in dbt-duckdb as here.

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::dbt {

struct SeedColumn {
  std::string name;
  std::string type;  // integer, float8, date, timestamp, boolean or text
};

// Of the text of a CSV file in UTF-8, read as Python's csv module reads it. Columns named in
// `texts` hold text whatever their values are. Throws Error, without the file's name, where the
// file has no first record or a record has more values than that one.
std::vector<SeedColumn> seed_columns(std::string_view csv, char delimiter,
                                     const std::set<std::string, std::less<>>& texts = {});

}  // namespace gsa::dbt
