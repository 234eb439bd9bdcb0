#pragma once

// Relations and columns as templates see them: `this`, ref('a'), api.Relation, api.Column.

#include <string>

#include "dbt/jinja_names.h"
#include "dbt/relation.h"

namespace gsa::dbt {

// A relation that prints as `sql`, with database, schema, identifier and name, and the methods
// include(), quote(), render() and others.
Value relation_value(const Relation& relation, const std::string& sql);
// A relation that exists in the database: `type` is "table" or "view".
Value found_relation(const Relation& relation, const std::string& type);
// The relation behind a template's value.
Relation relation_of(const Value& value);

// A column with name, dtype, data_type, quoted, is_string(), is_number() and others. `type` is
// DuckDB's: "DECIMAL(14,4)".
Value column_value(const std::string& name, const std::string& type);

// api.Relation.create(…), api.Column(…), api.Column.translate_type(…).
Value api_value();

}  // namespace gsa::dbt
