#pragma once

// The SQL of a unit test, as dbt writes it: rows become a query of constants, cast to the types of
// the columns that they represent.

#include <string>
#include <vector>

#include "dbt/compile.h"
#include "dbt/unit_tests.h"

namespace gsa::dbt {

// The query in place of an input with these columns. Every row has all columns, with null for those
// that it does not set. `name` is the input's name for messages. Throws Error for an unknown
// column.
std::string given_sql(const UnitRows& rows, const TypedColumns& columns, const std::string& name,
                      const ProjectFiles& files);

// The columns to compare, by the model's names: those of the first expected row, or all if there is
// none. Throws Error for a column that the model does not return, and if another row has other
// columns.
std::vector<std::string> compared_columns(const UnitRows& expect, const TypedColumns& columns,
                                          const ProjectFiles& files);
// For rows that compared_columns() has accepted.
std::string expected_sql(const UnitRows& expect, const TypedColumns& columns);

// The rows as written, without types. Only for telling whether they have changed.
std::string untyped_sql(const UnitRows& rows);

// The rows that one side has more often than the other, as often as the surplus: first the side
// ("actual" or "expected"), then the columns.
CompiledSql difference_sql(const CompiledSql& actual, const std::string& expected,
                           const std::vector<std::string>& columns);

}  // namespace gsa::dbt
