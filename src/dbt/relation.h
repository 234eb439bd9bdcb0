#pragma once

// The full name of a table or view.

#include <string>

namespace gsa::dbt {

struct Relation {
  std::string database;  // empty: the open database
  std::string schema;
  std::string name;

  auto operator<=>(const Relation&) const = default;
};

// The name in SQL: main.fct_sessions, with quotes only where SQL needs them.
std::string to_sql(const Relation& relation);

}  // namespace gsa::dbt
