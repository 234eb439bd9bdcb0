#pragma once

// The SQL of a unit test, as dbt makes it: rows become a query of constants that are cast to the
// types of the columns that they stand for.

#include <string>
#include <vector>

#include "dbt/compile.h"
#include "dbt/unit_tests.h"

namespace gsa::dbt {

// The query that stands for an input with these columns: of each row all of them, null where it
// says nothing. `name` is the input's, for messages. Throws Error for a column that there is not.
std::string given_sql(const UnitRows& rows, const TypedColumns& columns, const std::string& name,
                      const ProjectFiles& files);

// The columns that are compared, as the model calls them: those that the first row names, else all.
// Throws Error for one that the model does not return, and where another row names others.
std::vector<std::string> compared_columns(const UnitRows& expect, const TypedColumns& columns,
                                          const ProjectFiles& files);
// Of rows that compared_columns() took.
std::string expected_sql(const UnitRows& expect, const TypedColumns& columns);

// The rows as they are written, whatever the types of their columns: to tell whether they changed.
std::string untyped_sql(const UnitRows& rows);

// The rows that only one side has, as often as it has them more: whose they are ("actual" or
// "expected"), then the columns.
CompiledSql difference_sql(const CompiledSql& actual, const std::string& expected,
                           const std::vector<std::string>& columns);

}  // namespace gsa::dbt
