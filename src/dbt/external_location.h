#pragma once

// `meta: {external_location: 'data/{name}.csv'}`: a source whose table is a file, a glob or a call
// of a function, as dbt-duckdb has it.

#include <string>

#include "dbt/node.h"
#include "dbt/project_files.h"

namespace gsa::dbt {

// The SQL that stands for the source: 'data/x.csv', read_csv('…'); empty where it is a table.
// Placeholders are the source's name, identifier, schema and database, and the keys of its meta.
// Throws Error at the setting's place for one that is unknown, and for a plugin.
std::string external_location(const Node& source, const ProjectFiles& files);

}  // namespace gsa::dbt
