#pragma once

// dbt's functions for every template that need no project: fromjson, tojson, fromyaml, set, zip,
// local_md5, print for values, and the exceptions that end rendering.

#include "dbt/jinja_names.h"

namespace gsa::dbt {

void add_dbt_functions(Scope& scope);

// exceptions.raise_compiler_error(message) and similar; the caller provides warn.
Value exceptions_value(Function warn);

}  // namespace gsa::dbt
