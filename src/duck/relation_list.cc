#include "duck/relation_list.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::duck {

std::vector<ListedRelation> list_relations(Connection& connection, Databases databases) {
  const std::string where =
      fmt::format("where not internal and not temporary{}",
                  databases == Databases::current ? " and database_name = current_database()" : "");
  const Result found = connection.query(fmt::format(
      "select database_name, schema_name, view_name, true, 0::bigint from duckdb_views() {0} "
      "union all "
      "select database_name, schema_name, table_name, false, estimated_size::bigint from "
      "duckdb_tables() {0}",
      where));
  std::vector<ListedRelation> relations;
  for (const bool views : {true, false}) {
    for (std::size_t r = 0; r < found.rows(); ++r) {
      const bool is_view = found.int64(r, 3) != 0;
      if (is_view != views) continue;
      relations.push_back(
          {found.text(r, 0), found.text(r, 1), found.text(r, 2), is_view, found.int64(r, 4)});
    }
  }
  return relations;
}

bool has_column(Connection& connection, const std::string& relation, std::string_view name) {
  const Result rows = connection.query("describe select * from " + relation);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    if (to_lower(rows.text(r, 0)) == to_lower(name)) return true;
  }
  return false;
}

}  // namespace gsa::duck
