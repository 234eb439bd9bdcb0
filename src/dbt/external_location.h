#pragma once

// `meta: {external_location: 'data/{name}.csv'}`: a source whose table is a file, a glob or a
// function call, as in dbt-duckdb.

#include <string>

#include "dbt/node.h"
#include "dbt/project_files.h"

namespace gsa::dbt {

// The SQL that replaces the source's name: 'data/x.csv', read_csv('…'); empty if the source is a
// table. Placeholders are the source's name, identifier, schema and database, and the keys of its
// meta. Throws Error at the setting's place for an unknown placeholder and for a plugin.
std::string external_location(const Node& source, const ProjectFiles& files);

}  // namespace gsa::dbt
