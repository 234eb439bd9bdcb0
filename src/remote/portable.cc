#include "remote/portable.h"

#include <vector>

#include <fmt/format.h>

#include "assets/checksum.h"
#include "base/text.h"

namespace gsa::remote {
namespace {

// The value of a column in its portable type.
std::string portable_value(const std::string& name, const std::string& type) {
  if (assets::is_nested(type)) return fmt::format("to_json({})::varchar", name);
  if (type.starts_with("ENUM(")) return name + "::varchar";
  if (type == "TINYINT" || type == "UTINYINT") return name + "::smallint";
  if (type == "USMALLINT") return name + "::integer";
  if (type == "UINTEGER") return name + "::bigint";
  if (type == "UBIGINT") return name + "::decimal(20, 0)";
  if (type == "HUGEINT" || type == "UHUGEINT") return name + "::decimal(38, 0)";
  return name;
}

}  // namespace

std::string portable_columns(duck::Connection& connection, const std::string& relation) {
  const duck::Result columns = connection.query("describe select * from " + relation);
  std::vector<std::string> selected;
  for (std::size_t r = 0; r < columns.rows(); ++r) {
    const std::string name = sql_name(columns.text(r, 0));
    const std::string value = portable_value(name, columns.text(r, 1));
    selected.push_back(value == name ? name : fmt::format("{} as {}", value, name));
  }
  return join(selected, ", ");
}

std::string select_raw_words(std::span<const std::string_view> kinds) {
  std::vector<std::string> names;
  for (const std::string_view kind : kinds) names.push_back(sql_quote(kind));
  // A temporary type stands before one of the file.
  return fmt::format(
      "select kind, unnest(range(1, len(labels) + 1))::integer as position, unnest(labels) as word "
      "from (select type_name as kind, arg_max(labels, database_name = 'temp') as labels from "
      "duckdb_types() where database_name in (current_database(), 'temp') and schema_name = 'main' "
      "and logical_type = 'ENUM' and type_name in ({}) group by kind) order by kind, position",
      join(names, ", "));
}

}  // namespace gsa::remote
