#include "sandbox/guard.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "duck/query_json.h"
#include "duck/relation_list.h"
#include "sandbox/query.h"

namespace gsa::sandbox {
namespace {

namespace json = boost::json;

// Nested nodes of the parse tree. DuckDB itself refuses expressions deeper than a thousand.
constexpr std::size_t kMaxDepth = 100'000;

constexpr std::array<std::string_view, 5> kFileReaders = {"glob", "sniff_csv", "sql_auto_complete",
                                                          "arrow_scan", "arrow_scan_dumb"};
constexpr std::array<std::string_view, 3> kRunners = {"query", "query_table",
                                                      "json_execute_serialized_sql"};
constexpr std::array<std::string_view, 10> kChangers = {
    "checkpoint",           "force_checkpoint",  "enable_logging",   "disable_logging",
    "truncate_duckdb_logs", "write_log",         "enable_profiling", "disable_profiling",
    "enable_peg_parser",    "disable_peg_parser"};
// Functions, and the views that use them.
constexpr std::array<std::string_view, 11> kTellers = {
    "current_setting", "duckdb_databases",    "duckdb_settings",           "duckdb_extensions",
    "duckdb_secrets",  "which_secret",        "duckdb_temporary_files",    "pragma_database_list",
    "pg_settings",     "duckdb_log_contexts", "duckdb_external_file_cache"};

constexpr std::array<std::string_view, 3> kStrictTableFunctions = {"generate_series", "range",
                                                                   "unnest"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool reads_files(std::string_view function) {
  return function.starts_with("read_") || function.starts_with("parquet_") ||
         is_one_of(kFileReaders, function);
}

Failure refused(std::string what, std::string hint = "") {
  return {FailureKind::refused, std::move(what), std::move(hint)};
}

// Why the function is always refused; empty if it is not.
std::string why_refused(std::string_view name) {
  if (reads_files(name)) return "reads files, but a query may read only tables here";
  if (is_one_of(kRunners, name)) return "runs SQL given as text, which is not allowed here";
  if (is_one_of(kChangers, name)) return "changes the database, but a query may only read here";
  if (is_one_of(kTellers, name)) return "reveals details of the server, which is not allowed here";
  return "";
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c >= 0x80 || c == ' ' || c == '-';
  });
}

class Check {
 public:
  Check(Rules rules, const Names& names) : is_strict_(rules == Rules::strict), names_(names) {}

  void run(const json::value& tree) {
    find_ctes(tree);
    walk(tree);
  }

 private:
  // Accepts a CTE's name everywhere, not just in its scope. Outside the scope DuckDB finds nothing,
  // because the name can be neither a file nor a forbidden table.
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
    if (is_strict_ && !is_plain_name(lower)) {
      throw refused(fmt::format("'{}' cannot be the name of a CTE here", clip(name, 60)),
                    "use letters, digits and _");
    }
    if (is_system_table("", lower) && (is_strict_ || !why_refused(lower).empty())) {
      throw refused(fmt::format("'{}' is a system table and cannot name a CTE", name));
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
    if (kind == "PARAMETER") throw refused("parameters have no values here", "write the value");
    if (kind == "FUNCTION" || kind == "WINDOW") function(object);
    if (!kind.empty()) return;
    if (type == "BASE_TABLE") table(object);
    if (type == "TABLE_FUNCTION") table_function(object);
  }

  void function(const json::object& object) {
    if (table_functions_.contains(&object)) return;
    const std::string name = to_lower(text(object, "function_name"));
    if (const std::string why = why_refused(name); !why.empty()) {
      throw refused(fmt::format("{}() {}", name, why));
    }
    const auto& harmless = harmless_functions();
    if (is_strict_ && !std::binary_search(harmless.begin(), harmless.end(), name)) {
      throw refused(fmt::format("function {}() is not allowed here", clip(name, 60)),
                    did_you_mean(name, harmless));
    }
  }

  void table_function(const json::object& object) {
    const json::value* value = object.if_contains("function");
    const json::object* call = value != nullptr ? value->if_object() : nullptr;
    if (call == nullptr) return;
    if (is_strict_ && is_one_of(kStrictTableFunctions, to_lower(text(*call, "function_name")))) {
      table_functions_.insert(call);
    } else {
      function(*call);
    }
  }

  bool is_system_table(const std::string& schema, const std::string& name) const {
    if (!schema.empty()) return names_.system_tables.contains({schema, name});
    return names_.system_tables.contains({"main", name}) ||
           names_.system_tables.contains({"pg_catalog", name});
  }

  void table(const json::object& object) {
    const std::string name = to_lower(text(object, "table_name"));
    std::string schema = to_lower(text(object, "schema_name"));
    const std::string catalog = to_lower(text(object, "catalog_name"));
    if (catalog.empty() && schema.empty() && ctes_.contains(name)) return;
    const bool is_own = catalog.empty() || catalog == names_.database;
    if (is_own && names_.tables.contains(
                      {schema.empty() || schema == names_.database ? "main" : schema, name})) {
      return;
    }
    if ((is_own || catalog == "system") && !is_strict_ && is_system_table(schema, name)) {
      const std::string why = why_refused(name);
      if (why.empty()) return;
      throw refused(fmt::format("'{}' {}", name, why));
    }
    unknown_table(catalog, schema, name);
  }

  [[noreturn]] void unknown_table(const std::string& catalog, const std::string& schema,
                                  const std::string& name) const {
    if (name.find_first_of("/.:") != std::string::npos) {
      throw refused(fmt::format("'{}' looks like a file, but a query may read only tables here",
                                clip(name, 60)));
    }
    if (!catalog.empty() && catalog != names_.database) {
      throw refused(fmt::format("only one database can be read here, not '{}'", clip(catalog, 60)));
    }
    std::vector<std::string> names;
    for (const TableName& known : names_.tables) {
      names.push_back(known.schema == "main" ? known.name : known.schema + "." + known.name);
    }
    const std::string full = schema.empty() ? name : schema + "." + name;
    throw refused(fmt::format("there is no readable table '{}'", clip(full, 60)),
                  did_you_mean(full, names));
  }

  const bool is_strict_;
  const Names& names_;
  std::set<std::string> ctes_;
  std::set<const json::object*> table_functions_;  // allowed calls in FROM
};

std::set<TableName> names_of(duck::Connection& connection, const std::string& select) {
  const duck::Result rows = connection.query(select);
  std::set<TableName> names;
  for (std::size_t r = 0; r < rows.rows(); ++r) names.insert({rows.text(r, 0), rows.text(r, 1)});
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
  if (error || !tree.is_object()) throw refused("the query is nested too deeply");
  const json::value* failed = tree.get_object().if_contains("error");
  if (failed != nullptr && failed->is_bool() && failed->get_bool()) {
    duck::count_statements(connection, sql);  // throws if the text does not parse
    if (to_lower(trim(sql)).starts_with("pivot")) {
      throw refused("PIVOT must list the values that become columns here",
                    "PIVOT … ON column IN ('one', 'two') …");
    }
    throw refused("only SELECT is allowed here", "one query, without other statements");
  }
  return tree;
}

}  // namespace

bool is_refused(std::string_view function) { return !why_refused(function).empty(); }

std::set<TableName> readable_tables(duck::Connection& connection) {
  std::set<TableName> tables;
  for (const duck::ListedRelation& relation : duck::list_relations(connection)) {
    const bool is_read =
        relation.schema == "main" || relation.schema == "ops" || relation.schema == "partitions";
    const std::string name = to_lower(relation.name);
    if (is_read && !name.starts_with(kHiddenTables)) tables.insert({relation.schema, name});
  }
  return tables;
}

Names names_in(duck::Connection& connection) {
  return {to_lower(connection.query("select current_database()").text(0, 0)),
          readable_tables(connection),
          names_of(connection,
                   "select distinct lower(schema_name), lower(view_name) from duckdb_views() "
                   "where internal")};
}

void check_sql(duck::Connection& connection, const std::string& sql, const Names& names,
               Rules rules) {
  if (sql.size() > kLongestSql) {
    throw refused(
        fmt::format("a query may have at most at most {} bytes, not {}", kLongestSql, sql.size()));
  }
  if (sql.find('\0') != std::string::npos) throw refused("a query has no zero bytes");
  const json::value tree = tree_of(connection, sql);
  const json::value* statements = tree.get_object().if_contains("statements");
  const std::size_t count =
      statements != nullptr && statements->is_array() ? statements->get_array().size() : 0;
  if (count != 1 || duck::count_statements(connection, sql) != 1) {
    throw refused(count == 0 ? "there is no query" : "only one query is allowed at a time");
  }
  Check(rules, names).run(*statements);
  if (!duck::is_select(connection, sql)) throw refused("only SELECT is allowed here");
}

}  // namespace gsa::sandbox
