#pragma once

// Relations and columns as templates see them: `this`, ref('a'), api.Relation, api.Column.

#include <string>

#include "dbt/jinja_names.h"
#include "dbt/relation.h"

namespace gsa::dbt {

// Prints as `sql`; has database, schema, identifier and name, and include(), quote(), render() and
// their like.
Value relation_value(const Relation& relation, const std::string& sql);
// What there is of that name: `type` is "table" or "view".
Value found_relation(const Relation& relation, const std::string& type);
// Of a relation's value.
Relation relation_of(const Value& value);

// name, dtype, data_type, quoted, is_string(), is_number() and their like. `type` is DuckDB's:
// "DECIMAL(14,4)".
Value column_value(const std::string& name, const std::string& type);

// api.Relation.create(…), api.Column(…), api.Column.translate_type(…).
Value api_value();

}  // namespace gsa::dbt
