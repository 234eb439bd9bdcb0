#pragma once

// The functions that dbt gives to every template and that need no project: fromjson, tojson,
// fromyaml, set, zip, local_md5, print of values, and exceptions that end it.

#include "dbt/jinja_names.h"

namespace gsa::dbt {

void add_dbt_functions(Scope& scope);

// exceptions.raise_compiler_error(message) and its like; warn is the caller's.
Value exceptions_value(Function warn);

}  // namespace gsa::dbt
