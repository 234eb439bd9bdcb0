#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/json_writer.h"
#include "api/sql_sandbox.h"
#include "base/text.h"
#include "duck/relation_list.h"
#include "sandbox/guard.h"

namespace gsa::api {
namespace {

constexpr std::array<std::string_view, 56> kKeywords = {
    "all",    "and",     "any",     "as",        "asc",       "asof",     "between", "by",
    "case",   "cast",    "collate", "cross",     "desc",      "distinct", "else",    "end",
    "except", "exclude", "exists",  "false",     "filter",    "from",     "full",    "group",
    "having", "in",      "inner",   "intersect", "interval",  "is",       "join",    "lateral",
    "left",   "like",    "limit",   "natural",   "not",       "null",     "nulls",   "offset",
    "on",     "or",      "order",   "over",      "partition", "pivot",    "qualify", "right",
    "select", "then",    "true",    "union",     "using",     "values",   "when",    "where"};

void write_column(JsonWriter& json, const duck::Result& rows, std::size_t r,
                  const std::string& description) {
  json.begin_object();
  json.field("name", rows.text(r, 2));
  json.field("type", rows.text(r, 3));
  json.field("description", description);
  json.end_object();
}

// Functions with ordinary names, without operators and casts.
std::vector<std::string> functions(duck::Connection& connection) {
  const duck::Result rows = connection.query(
      "select distinct lower(function_name) as name from duckdb_functions() where function_type in "
      "('scalar', 'aggregate', 'macro', 'table', 'table_macro') "
      "and regexp_full_match(name, '[a-z][a-z0-9_]*') and not starts_with(name, '__internal') "
      "union values ('cume_dist'), ('dense_rank'), ('first_value'), ('lag'), ('last_value'), "
      "('lead'), ('nth_value'), ('ntile'), ('percent_rank'), ('rank'), ('row_number') order by "
      "name");
  std::vector<std::string> names;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    if (!sandbox::is_refused(rows.text(r, 0))) names.push_back(rows.text(r, 0));
  }
  return names;
}

}  // namespace

std::string SqlSandbox::schema(const Describe& describe) {
  duck::Connection connection = database_.connect();
  const std::set<sandbox::TableName> tables = sandbox::readable_tables(connection);
  const duck::Result rows = connection.query(
      "select schema_name, table_name, column_name, data_type from duckdb_columns() "
      "where database_name = current_database() and not internal "
      "order by schema_name, table_name, column_index");
  std::set<std::pair<std::string, std::string>> views;
  for (const duck::ListedRelation& relation : duck::list_relations(connection)) {
    if (relation.is_view) views.emplace(relation.schema, relation.name);
  }
  JsonWriter json;
  json.begin_object();
  json.key("tables");
  json.begin_array();
  for (std::size_t r = 0; r < rows.rows();) {
    const std::string schema = rows.text(r, 0), table = rows.text(r, 1);
    const bool shown = tables.contains({to_lower(schema), to_lower(table)});
    if (shown) {
      json.begin_object();
      json.field("schema", schema);
      json.field("name", table);
      json.field("kind", views.contains({schema, table}) ? "view" : "table");
      json.field("description", describe(table, ""));
      json.key("columns");
      json.begin_array();
    }
    for (; r < rows.rows() && rows.text(r, 0) == schema && rows.text(r, 1) == table; ++r) {
      if (shown) write_column(json, rows, r, describe(table, rows.text(r, 2)));
    }
    if (shown) {
      json.end_array();
      json.end_object();
    }
  }
  json.end_array();
  json.list("functions", functions(connection));
  json.list("keywords", kKeywords);
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
