#pragma once

// Normalizes SQL so that comments and white space make no difference, to tell whether a statement
// has changed.

#include <string>
#include <string_view>

namespace gsa::dbt {

// The tokens of `sql`, joined by spaces. Texts that differ only in comments and white space give
// the same result; texts that mean different things to DuckDB never do. Keeps case, quotes around
// names and so on: `a` and `"a"` differ here. Text that is not SQL is harmless: an unclosed quote
// or comment runs to the end.
std::string normalized_sql(std::string_view sql);

}  // namespace gsa::dbt
