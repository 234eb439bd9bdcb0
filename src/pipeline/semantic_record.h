#pragma once

// Checks a project's semantic layer against the tables that it reads, records it with the
// publication, and reads it back.

#include <functional>
#include <string>

#include "dbt/project.h"
#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::pipeline {

// The current name of a relation, before it is published.
using CurrentName = std::function<std::string(const std::string& schema, const std::string& name)>;

// SQL for the transaction of a publication. Throws Error, with file and line, if the tables to be
// published contradict the project's measures and dimensions.
std::string semantic_record_sql(duck::Connection& connection, const dbt::Project& project,
                                const CurrentName& current_name);

// For a run without stale assets: records the project's layer if it changed, and makes the types of
// words that the warehouse lacks. Throws like semantic_record_sql().
void restate_semantic_record(duck::Connection& connection, const dbt::Project& project);

// The layer of the built-in project; not bound to tables.
semantic::Layer built_in_layer();
// The recorded layer, or else that of the built-in project; bound, with the data's currency.
semantic::Layer published_layer(duck::Connection& connection);

}  // namespace gsa::pipeline
