#pragma once

// Generic data tests: the built-in ones, how a test in a schema file becomes a query for the rows
// that fail it, and its name. The queries return what dbt's return, so that failure counts agree.

#include <optional>
#include <string>
#include <string_view>

#include "dbt/context.h"
#include "dbt/node.h"
#include "dbt/schema_yml.h"
#include "dbt/test_claim.h"

namespace gsa::dbt {

// {% test %} blocks: unique, not_null, accepted_values, relationships.
std::string_view built_in_tests();
// accepted_range, expression_is_true, unique_combination_of_columns.
std::string_view dbt_utils_tests();

// The tested column in the test's SQL, quoted if the schema file says so.
std::string column_sql(const TestSpec& test);

// The name that dbt gives to the test: not_null_dim_users_user_id. `target` is the model, or
// SOURCE_TABLE.
std::string generic_test_name(const TestSpec& test, const std::string& target, bool is_source);

// The name of its file and table: where the full name has 64 letters or more, dbt takes 30 of what
// stands before the arguments, and a sum of all. A name that the project gives stays as it is.
std::string short_test_name(const TestSpec& test, const std::string& target, bool is_source);

struct RenderedTest {
  Rendered query;
  std::optional<TestClaim> claim;  // of a test above, unless the project has its own of that name
};

// A generic test. `target` is the tested relation as templates see it. Throws Error at the test's
// place in the schema file if the test does not exist or its arguments are wrong.
RenderedTest render_generic_test(Context& context, const ProjectFiles& files, const TestSpec& test,
                                 const Value& target, Rendering& node);

}  // namespace gsa::dbt
