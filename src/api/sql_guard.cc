#include "api/sql_guard.h"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/api_error.h"
#include "api/sql_extent.h"
#include "assets/warehouse.h"
#include "base/text.h"
#include "duck/json_rows.h"

namespace gsa::api {
namespace {

namespace json = boost::json;

// Texts of a few pages; longer ones only serve to multiply.
constexpr std::size_t kLongestConstant = 10'000;
// Nodes within nodes of the parse tree; DuckDB itself refuses expressions deeper than a thousand.
constexpr std::size_t kMaxDepth = 20'000;

constexpr std::array<std::string_view, 15> kExpressions = {"BETWEEN",
                                                           "CASE",
                                                           "CAST",
                                                           "COLUMN_REF",
                                                           "COLLATE",
                                                           "COMPARISON",
                                                           "CONJUNCTION",
                                                           "CONSTANT",
                                                           "FUNCTION",
                                                           "OPERATOR",
                                                           "POSITIONAL_REFERENCE",
                                                           "STAR",
                                                           "SUBQUERY",
                                                           "WINDOW",
                                                           "TYPE"};

// Query nodes, tables of FROM, modifiers and orders.
constexpr std::array<std::string_view, 19> kNodes = {"SELECT_NODE",
                                                     "SET_OPERATION_NODE",
                                                     "RECURSIVE_CTE_NODE",
                                                     "CTE_NODE",
                                                     "BASE_TABLE",
                                                     "SUBQUERY",
                                                     "JOIN",
                                                     "TABLE_FUNCTION",
                                                     "EMPTY",
                                                     "EXPRESSION_LIST",
                                                     "PIVOT",
                                                     "ORDER_MODIFIER",
                                                     "LIMIT_MODIFIER",
                                                     "LIMIT_PERCENT_MODIFIER",
                                                     "DISTINCT_MODIFIER",
                                                     "ASCENDING",
                                                     "DESCENDING",
                                                     "ORDER_DEFAULT",
                                                     "INVALID"};

constexpr std::array<std::string_view, 3> kTableFunctions = {"generate_series", "range", "unnest"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

ApiError refused(std::string what, std::string hint = "") {
  return {"sql_refused", 403, std::move(what), std::move(hint)};
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

// The text of a constant; nothing for another expression or another type.
std::optional<std::string> constant_text(const json::value& expression) {
  const json::object* object = expression.if_object();
  if (object == nullptr || text(*object, "class") != "CONSTANT") return std::nullopt;
  const json::value* value = object->if_contains("value");
  if (value == nullptr || !value->is_object()) return std::nullopt;
  const json::value* inner = value->get_object().if_contains("value");
  if (inner == nullptr || !inner->is_string()) return std::nullopt;
  return std::string(inner->get_string());
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c >= 0x80 || c == ' ' || c == '-';
  });
}

class Check {
 public:
  Check(const std::set<TableName>& tables, std::set<std::string> system_names, std::string database)
      : tables_(tables), system_names_(std::move(system_names)), database_(std::move(database)) {}

  void run(const json::value& tree) {
    find_ctes(tree);
    walk(tree);
  }

 private:
  // A CTE is seen wherever its name stands: where it is out of scope DuckDB finds nothing, since
  // the name can be neither a file nor a table that may not be read.
  void find_ctes(const json::value& value) {
    if (const json::array* array = value.if_array()) {
      for (const json::value& element : *array) find_ctes(element);
    } else if (const json::object* object = value.if_object()) {
      if (const json::value* map = object->if_contains("cte_map")) add_ctes(*map);
      if (object->contains("cte_name")) add_cte(text(*object, "cte_name"));
      for (const auto& member : *object) find_ctes(member.value());
    }
  }

  void add_ctes(const json::value& map) {
    const json::object* object = map.if_object();
    const json::value* entries = object != nullptr ? object->if_contains("map") : nullptr;
    if (entries == nullptr || !entries->is_array()) return;
    for (const json::value& entry : entries->get_array()) {
      if (entry.is_object()) add_cte(text(entry.get_object(), "key"));
    }
  }

  void add_cte(const std::string& name) {
    const std::string lower = to_lower(name);
    if (!is_plain_name(lower)) {
      throw refused(fmt::format("'{}' cannot be the name of a CTE here", clip(name, 60)),
                    "take letters, digits and _");
    }
    if (system_names_.contains(lower)) {
      throw refused(fmt::format("'{}' is a table of the system and cannot name a CTE", name));
    }
    ctes_.insert(lower);
  }

  void walk(const json::value& value) {
    if (const json::array* array = value.if_array()) {
      for (const json::value& element : *array) walk(element);
    } else if (const json::object* object = value.if_object()) {
      node(*object);
      for (const auto& member : *object) walk(member.value());
    }
  }

  void node(const json::object& object) {
    const std::string kind = text(object, "class");
    const std::string type = text(object, "type");
    if (object.contains("class")) return expression(object, kind);
    if (type.empty() || type.ends_with("_TYPE_INFO")) return;
    if (!is_one_of(kNodes, type)) {
      throw refused(type == "SHOW_REF"
                        ? std::string("DESCRIBE, SHOW and SUMMARIZE are not allowed here")
                        : fmt::format("{} is not allowed here", type),
                    type == "SHOW_REF" ? "the Data page shows tables and columns" : "");
    }
    if (type == "BASE_TABLE") table(object);
    if (type == "TABLE_FUNCTION") table_function(object);
  }

  void expression(const json::object& object, const std::string& kind) {
    if (kind == "LAMBDA") {
      throw refused("lambdas are not allowed here: their loops cannot be stopped",
                    "unnest() the list and aggregate it");
    }
    if (kind == "PARAMETER") throw refused("parameters have no values here", "write the value");
    if (!is_one_of(kExpressions, kind)) throw refused(fmt::format("{} is not allowed here", kind));
    if (kind == "FUNCTION" || kind == "WINDOW") function(object);
    if (kind == "CONSTANT") {
      const auto constant = constant_text(object);
      if (constant && constant->size() > kLongestConstant) {
        throw refused(fmt::format("a text of {} bytes is too long", constant->size()),
                      fmt::format("texts in a query may have {} bytes", kLongestConstant));
      }
    }
  }

  void function(const json::object& object) {
    const std::string name = to_lower(text(object, "function_name"));
    const std::string schema = to_lower(text(object, "schema"));
    const std::string catalog = to_lower(text(object, "catalog"));
    const auto& allowed = allowed_functions();
    const bool known = std::binary_search(allowed.begin(), allowed.end(), name);
    const bool own_place = (schema.empty() || schema == "main") &&
                           (catalog.empty() || catalog == "system" || catalog == database_);
    if (table_functions_.contains(&object)) return;
    if (!known || !own_place) {
      throw refused(fmt::format("function {}() is not allowed here", clip(name, 60)),
                    did_you_mean(name, allowed));
    }
    if (name == "replace") replacement(object);
  }

  // Texts that grow with every replacement could be made to fill memory in a few steps.
  static void replacement(const json::object& object) {
    const json::value* children = object.if_contains("children");
    if (children != nullptr && children->is_array() && children->get_array().size() == 3) {
      const auto from = constant_text(children->get_array()[1]);
      const auto to = constant_text(children->get_array()[2]);
      if (from && to && to->size() <= from->size()) return;
    }
    throw refused("replace() may only replace a text by one that is not longer",
                  "write both as constants");
  }

  void table(const json::object& object) {
    const std::string name = to_lower(text(object, "table_name"));
    const std::string schema = to_lower(text(object, "schema_name"));
    const std::string catalog = to_lower(text(object, "catalog_name"));
    if (catalog.empty() && schema.empty() && ctes_.contains(name)) return;
    if ((catalog.empty() || catalog == database_) &&
        tables_.contains({schema.empty() || schema == database_ ? "main" : schema, name})) {
      return;
    }
    std::vector<std::string> names;
    for (const TableName& known : tables_) {
      names.push_back(known.schema == "main" ? known.name : known.schema + "." + known.name);
    }
    const std::string full = schema.empty() ? name : schema + "." + name;
    throw refused(fmt::format("there is no table '{}' that may be read here", clip(full, 60)),
                  did_you_mean(full, names));
  }

  void table_function(const json::object& object) {
    const json::value* value = object.if_contains("function");
    const json::object* call = value != nullptr ? value->if_object() : nullptr;
    const std::string name = call != nullptr ? to_lower(text(*call, "function_name")) : "";
    if (call != nullptr && is_one_of(kTableFunctions, name) && text(*call, "schema").empty() &&
        text(*call, "catalog").empty()) {
      table_functions_.insert(call);
      return;
    }
    throw refused(fmt::format("table function {}() is not allowed here", clip(name, 60)),
                  "range(), generate_series() and unnest() are");
  }

  const std::set<TableName>& tables_;
  std::set<std::string> system_names_;
  std::string database_;
  std::set<std::string> ctes_;
  std::set<const json::object*> table_functions_;  // calls that stand in FROM and are allowed
};

std::set<std::string> names_of(duck::Connection& connection, const std::string& select) {
  const duck::Result rows = connection.query(select);
  std::set<std::string> names;
  for (std::size_t r = 0; r < rows.rows(); ++r) names.insert(rows.text(r, 0));
  return names;
}

json::value tree_of(duck::Connection& connection, const std::string& sql) {
  const std::string serialized =
      connection
          .query(fmt::format("select json_serialize_sql({}, skip_null := true, skip_empty := true)",
                             sql_quote(sql)))
          .text(0, 0);
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::error_code error;
  json::value tree = json::parse(serialized, error, {}, options);
  if (error) throw refused("the query is nested too deeply");
  const json::object& root = tree.get_object();
  const json::value* failed = root.if_contains("error");
  if (failed != nullptr && failed->is_bool() && failed->get_bool()) {
    duck::count_statements(connection, sql);  // says where it does not parse
    throw refused("only SELECT is allowed here", "one query, without other statements");
  }
  return tree;
}

}  // namespace

std::set<TableName> readable_tables(duck::Connection& connection) {
  const duck::Result rows = connection.query(
      "select lower(schema_name), lower(name) from ("
      "select database_name, schema_name, table_name as name from duckdb_tables() "
      "where not internal union all "
      "select database_name, schema_name, view_name from duckdb_views() where not internal) "
      "where database_name = current_database() and schema_name in ('main', 'ops', 'partitions')");
  std::set<TableName> tables;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    TableName table{rows.text(r, 0), rows.text(r, 1)};
    if (!table.name.starts_with(assets::kHiddenPrefix)) tables.insert(std::move(table));
  }
  return tables;
}

void check_sql(duck::Connection& connection, const std::string& sql,
               const std::set<TableName>& tables) {
  if (sql.size() > kLongestSql) {
    throw refused(fmt::format("a query may have {} bytes, not {}", kLongestSql, sql.size()));
  }
  if (sql.find('\0') != std::string::npos) throw refused("a query has no zero bytes");
  const json::value tree = tree_of(connection, sql);
  const json::value* statements = tree.get_object().if_contains("statements");
  const std::size_t count =
      statements != nullptr && statements->is_array() ? statements->get_array().size() : 0;
  if (count != 1 || duck::count_statements(connection, sql) != 1) {
    throw refused(count == 0 ? "there is no query" : "only one query is allowed at a time");
  }
  Check check(
      tables,
      names_of(connection, "select distinct lower(view_name) from duckdb_views() where internal"),
      to_lower(connection.query("select current_database()").text(0, 0)));
  check.run(*statements);
  const json::value& statement = statements->get_array().front();
  if (const json::value* node =
          statement.is_object() ? statement.get_object().if_contains("node") : nullptr) {
    check_extent(*node);
  }
}

}  // namespace gsa::api
