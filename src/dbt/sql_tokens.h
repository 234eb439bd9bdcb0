#pragma once

// SQL text in a form that comments and white space make no difference to, for telling whether a
// statement changed.

#include <string>
#include <string_view>

namespace gsa::dbt {

// The tokens of `sql` with a space between two. Texts that differ in comments and white space only
// give the same; texts that DuckDB could read in two ways never do. Case, quotes around names and
// the like are left as they are: `a` and `"a"` differ here. Text that is not SQL does no harm: what
// is never closed stands there to its end.
std::string normalized_sql(std::string_view sql);

}  // namespace gsa::dbt
