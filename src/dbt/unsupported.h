#pragma once

// Parts of a project that dbt builds and gsa does not. Names each, so that nobody believes it was
// built.

#include <map>
#include <string>
#include <vector>

#include "dbt/project_files.h"
#include "dbt/project_yml.h"

namespace gsa::dbt {

// Warns of Python models, snapshots in SQL files, and installed packages with models, seeds or
// snapshots of their own: "models/py.py: the Python model 'py' is not built here; …". Returns, for
// each name, the message for a ref to it: "'py' is a Python model (models/py.py)".
std::map<std::string, std::string> name_unsupported(const ProjectFiles& files,
                                                    const ProjectYml& yml,
                                                    std::vector<std::string>& warnings);

}  // namespace gsa::dbt
