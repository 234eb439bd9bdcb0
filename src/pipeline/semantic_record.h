#pragma once

// The semantic layer of a project beside the tables that it reads: checked and put on record with a
// publication, and read back.

#include <functional>
#include <string>

#include "dbt/project.h"
#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::pipeline {

// The name under which a relation stands now, before it is published.
using CurrentName = std::function<std::string(const std::string& schema, const std::string& name)>;

// SQL for the transaction of a publication. Throws Error, with file and line, where the tables as
// they are about to be published break what the project says of its measures and dimensions.
std::string semantic_record_sql(duck::Connection& connection, const dbt::Project& project,
                                const CurrentName& current_name);

// Where nothing is stale: puts the project's layer on record if it is another one. Throws as above.
void restate_semantic_record(duck::Connection& connection, const dbt::Project& project);

// The layer of the built-in project, not bound.
semantic::Layer built_in_layer();
// The layer on record, else that of the built-in project; bound.
semantic::Layer published_layer(duck::Connection& connection);

}  // namespace gsa::pipeline
