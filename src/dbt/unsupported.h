#pragma once

// What a project holds that dbt builds and gsa does not: each is named, so that nobody takes it for
// built.

#include <map>
#include <string>
#include <vector>

#include "dbt/project_files.h"
#include "dbt/project_yml.h"

namespace gsa::dbt {

// Warns of Python models, snapshots in SQL files, and installed packages that have models, seeds or
// snapshots of their own: "models/py.py: the Python model 'py' is not built here; …". Returns what
// a ref to each name is told: "'py' is a Python model (models/py.py)".
std::map<std::string, std::string> name_unsupported(const ProjectFiles& files,
                                                    const ProjectYml& yml,
                                                    std::vector<std::string>& warnings);

}  // namespace gsa::dbt
