#pragma once

// dbt builds by macros of its own (create_table_as, get_test_sql, …), and a project may put others
// in their place. Here they are C++, so such a macro would do nothing in silence.

#include <map>
#include <string>

#include "dbt/project_files.h"

namespace gsa::dbt {

// `macros` are the project's, each with its file as displayed; `paths` are these files. Throws
// Error at the place of one that stands for a macro of dbt's which decides what is built, or what
// unit tests ask where the project has any.
void refuse_macro_overrides(const std::map<std::string, std::string>& macros,
                            const std::vector<std::string>& paths, const ProjectFiles& files,
                            bool has_unit_tests);

}  // namespace gsa::dbt
