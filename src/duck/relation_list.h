#pragma once

// Which tables and views there are.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"

namespace gsa::duck {

struct ListedRelation {
  std::string database, schema, name;
  bool is_view = false;
  std::int64_t rows = 0;  // of a table, as DuckDB estimates them: deleted ones count too
};

enum class Databases { current, all };

// Without temporary relations and those of DuckDB itself. Views come first, so that relations can
// be dropped in this order.
std::vector<ListedRelation> list_relations(Connection& connection,
                                           Databases databases = Databases::current);

// Whether a relation, quoted for SQL, has this column, however its letters are cased.
bool has_column(Connection& connection, const std::string& relation, std::string_view name);

}  // namespace gsa::duck
