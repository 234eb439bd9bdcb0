#pragma once

// A node as macros see it (`node` in generate_schema_name and others): name, resource_type, fqn,
// path, original_file_path, package_name, unique_id, alias, tags, meta, group, description, and
// config with all settings.

#include <string>

#include "dbt/node.h"

namespace gsa::dbt {

// "model", "seed", "source" or "test".
std::string resource_type(const Node& node);

// The settings, with dbt's defaults for those that are not set.
Dict config_of(const Node& node);

// `project` is the project's name. `path` is relative to the one of the folders `roots` that
// contains the file.
Value node_value(const Node& node, const std::string& project,
                 const std::vector<std::string>& roots);

}  // namespace gsa::dbt
