#pragma once

// A table or view by its full name.

#include <string>

namespace gsa::dbt {

struct Relation {
  std::string database;  // empty: the one that is open
  std::string schema;
  std::string name;

  auto operator<=>(const Relation&) const = default;
};

// As SQL names it: main.fct_sessions, with quotes only around what SQL would otherwise misread.
std::string to_sql(const Relation& relation);

}  // namespace gsa::dbt
