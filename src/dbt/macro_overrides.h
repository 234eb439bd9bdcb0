#pragma once

// dbt builds by macros of its own (create_table_as, get_test_sql, …), which a project may override.
// Here that work is C++, so such an override would silently do nothing.

#include <map>
#include <string>

#include "dbt/project_files.h"

namespace gsa::dbt {

// `macros` are the project's macros with their files as displayed; `paths` are these files. Throws
// Error at the place of a macro that overrides one of dbt's which decides what is built, or one
// that unit tests call if the project has unit tests.
void refuse_macro_overrides(const std::map<std::string, std::string>& macros,
                            const std::vector<std::string>& paths, const ProjectFiles& files,
                            bool has_unit_tests);

}  // namespace gsa::dbt
