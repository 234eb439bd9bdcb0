#pragma once

// A node as macros see it (`node` of generate_schema_name and its like): name, resource_type, fqn,
// path, original_file_path, package_name, unique_id, alias, tags, meta, group, description, and
// config with all of its settings.

#include <string>

#include "dbt/node.h"

namespace gsa::dbt {

// "model", "seed", "source" or "test".
std::string resource_type(const Node& node);

// The settings, with what dbt fills in where nothing is said.
Dict config_of(const Node& node);

// `project` is the project's name; `roots` are the folders of which `path` is relative to one.
Value node_value(const Node& node, const std::string& project,
                 const std::vector<std::string>& roots);

}  // namespace gsa::dbt
