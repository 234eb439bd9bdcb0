#pragma once

// What a project holds that dbt builds and gsa does not: each is named, so that nobody takes it for
// built.

#include <string>
#include <vector>

#include "dbt/project_files.h"
#include "dbt/project_yml.h"

namespace gsa::dbt {

struct Unsupported {
  std::string kind;  // "Python model", "snapshot", "package"
  std::string name;
  Place place;
};

// Python models, snapshots in SQL files, and installed packages that have models, seeds or
// snapshots of their own; by place.
std::vector<Unsupported> unsupported_parts(const ProjectFiles& files, const ProjectYml& yml);

// "models/py.py: the Python model 'py' is not built here; `dbt build` of dbt-core does it"
std::string describe(const Unsupported& part);

}  // namespace gsa::dbt
