#pragma once

// Contracts of models (`contract: {enforced: true}`): the columns that the YAML lists are the
// columns of the table, in that order, with those types and constraints.

#include <string>

#include "dbt/node.h"
#include "duck/database.h"

namespace gsa::dbt {

// Throws Error, as dbt words it and with file and line, unless `query` has the columns and types of
// the model's contract, in any order. Returns whether a table made of it as it is keeps the
// contract: the order is the same, and there are no constraints. Runs nothing.
bool check_contract(duck::Connection& connection, const Node& node, const std::string& query);

// "(id integer not null, name varchar)"; throws Error at a constraint that gsa lacks.
std::string contract_columns(const Node& node, const ProjectFiles& files);
// "id, name"
std::string contract_names(const Node& node);

}  // namespace gsa::dbt
