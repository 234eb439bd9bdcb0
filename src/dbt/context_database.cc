// The parts of a template's context that query dbt itself or the database: adapter, run_query,
// statement, log, flags, modules.

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/context.h"
#include "dbt/dbt_functions.h"
#include "dbt/md5.h"
#include "dbt/relation_names.h"
#include "dbt/required_version.h"
#include "jinja/python_datetime.h"
#include "jinja/python_modules.h"

namespace gsa::dbt {
namespace {

std::int64_t now_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// 8-4-4-4-12 digits, as in a UUID.
std::string id_of_invocation(std::int64_t moment) {
  std::string id = md5_of(fmt::format("{} {}", moment, fmt::ptr(&moment)));
  id[12] = '4';
  id[16] = 'a';
  for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, "-");
  return id;
}

std::string text_or_empty(const CallArguments& arguments, std::size_t position,
                          std::string_view name) {
  const Value* found = arguments.find(position, name);
  return found == nullptr || found->is_none() ? "" : found->str();
}

std::string described(const std::string& relation) {
  return fmt::format("select column_name, column_type from (describe {})", relation);
}

// Refuses operations that would change the database without the run's knowledge.
Function refused(const std::string& name) {
  return [name](const CallArguments&) -> Value {
    throw Error(
        fmt::format("adapter.{} is not supported here: a template may only query the database",
                    name),
        kDbtHasIt);
  };
}

}  // namespace

void Context::say(bool is_warning, const std::string& text) {
  if (current_ != nullptr) current_->messages.push_back({is_warning, text});
}

void Context::define_dbt() {
  add_dbt_functions(root_);
  root_.set("modules", jinja::python_modules());
  const std::int64_t now = now_micros();
  root_.set("run_started_at", jinja::datetime_in_utc(now));
  invocation_id_ = id_of_invocation(now);
  root_.set("invocation_id", Value(invocation_id_));
  root_.set("dbt_version", Value(kDbtVersion));
  root_.set("thread_id", Value("Thread-1"));
  root_.set("dbt_metadata_envs", Value(Dict()));
  root_.set("exceptions", exceptions_value([this](const CallArguments& arguments) {
              arguments.expect("exceptions.warn", 1, {"msg"});
              say(true, fmt::format("{}: {}", format_place(arguments.place),
                                    arguments.find(0, "msg")->str()));
              return Value("");
            }));
  // Skipped while the project is parsed: the template will log the message again when it runs.
  root_.set_function("log", [this](const CallArguments& arguments) {
    arguments.expect("log", 1, {"msg", "info"});
    const Value* info = arguments.find(1, "info");
    if (info != nullptr && info->truth() && current().execute) {
      say(false, arguments.find(0, "msg")->str());
    }
    return Value("");
  });
  root_.set_function("print", [this](const CallArguments& arguments) {
    arguments.expect("print", 1, {"msg"});
    if (current().execute) say(false, arguments.find(0, "msg")->str());
    return Value("");
  });
}

QueryRows Context::ask(const std::string& sql) const {
  Rendering& node = current();
  node.asked = true;
  if (!node.query) throw Error("the database cannot be queried here");
  return node.query(sql);
}

// Runs the body of {% call statement(…) %} while the node runs, and keeps its rows by name.
Value Context::statement(const CallArguments& arguments) const {
  arguments.expect("statement", 0, {"name", "fetch_result", "auto_begin", "language", "caller"});
  const Value* caller = arguments.find(4, "caller");
  if (caller == nullptr) throw Error("statement() needs a block", "{% call statement('name') %}");
  if (text_or_empty(arguments, 3, "language") == "python") {
    throw Error("Python does not run here", kDbtHasIt);
  }
  note_macro("macro.dbt.statement");
  if (!current().execute) return "";
  const std::string sql = caller->as_object().call({}).str();
  const std::string name = text_or_empty(arguments, 0, "name");
  const Value* fetch = arguments.find(1, "fetch_result");
  QueryRows rows = ask(sql);
  if (fetch == nullptr || !fetch->truth()) rows = {};
  List data;
  for (const List& row : rows.rows) data.push_back(Value::tuple(row));
  Dict result;
  result.set(Value("response"), Value("OK"));
  result.set(Value("data"), Value(std::move(data)));
  result.set(Value("table"), table_value(std::move(rows)));
  if (!name.empty()) current().results[name] = Value(std::move(result));
  return "";
}

// Searches the project's macros, then those of the named package (of all packages if none is
// named), then dbt's. In each, the engine's version comes before the default one.
Value Context::dispatch(const CallArguments& arguments) const {
  arguments.expect("adapter.dispatch", 1, {"macro_name", "macro_namespace"});
  const std::string name = arguments.find(0, "macro_name")->as_string();
  const std::string package = text_or_empty(arguments, 1, "macro_namespace");
  std::vector<const Scope*> scopes = {&macros_};
  for (const auto& [installed, scope] : packages_) {
    if (package.empty() || package == installed) scopes.push_back(scope.get());
  }
  scopes.push_back(&built_in_);
  const std::array<std::string, 2> macros = {target_.type + "__" + name, "default__" + name};
  for (const Scope* scope : scopes) {
    for (const std::string& macro : macros) {
      const Value* found = scope->find(macro);
      if (scope == &macros_ && !macro_files_.contains(macro)) continue;
      // This is dbt's own macro, visible through the package.
      if (scope != &built_in_ && found == built_in_.find(macro)) continue;
      if (found != nullptr) return *found;
    }
  }
  throw Error(fmt::format("adapter.dispatch: there is no macro '{}'{}", name,
                          package.empty() ? "" : fmt::format(" of '{}'", package)),
              fmt::format("define '{}' or '{}'", macros[0], macros[1]));
}

void Context::define_database() {
  root_.set("api", api_value());
  root_.set_function("statement", [this](const CallArguments& a) { return statement(a); });
  root_.set_function("load_result", [this](const CallArguments& arguments) {
    arguments.expect("load_result", 1, {"name"});
    const auto found = current().results.find(arguments.find(0, "name")->str());
    return found == current().results.end() ? Value() : found->second;
  });

  Dict adapter;
  const auto method = [&](const std::string& name, Function call) {
    adapter.set(Value(name), Value::function("adapter." + name, std::move(call)));
  };
  method("dispatch", [this](const CallArguments& arguments) { return dispatch(arguments); });
  method("type", [this](const CallArguments&) { return Value(target_.type); });
  for (const char* name : {"quote", "quote_as_configured", "quote_seed_column"}) {
    method(name, [name](const CallArguments& arguments) {
      arguments.expect(name, 1, {"identifier", "quote_key"});
      return Value(sql_name(arguments.find(0, "identifier")->str()));
    });
  }
  method("get_relation", [this](const CallArguments& arguments) {
    arguments.expect("adapter.get_relation", 3, {"database", "schema", "identifier"});
    if (!current().execute) return Value();
    const Relation relation = {text_or_empty(arguments, 0, "database"),
                               text_or_empty(arguments, 1, "schema"),
                               text_or_empty(arguments, 2, "identifier")};
    try {
      ask(described(quoted_name(relation)));
    } catch (const duck::SqlError& error) {
      if (error.kind() == duck::SqlErrorKind::catalog) return Value();
      throw;
    }
    const QueryRows found = ask(fmt::format(
        "select 1 from duckdb_views() where lower(schema_name) = {} and lower(view_name) = {}",
        sql_quote(to_lower(relation.schema)), sql_quote(to_lower(relation.name))));
    return found_relation(relation, found.rows.empty() ? "table" : "view");
  });
  const auto columns_of = [this](const Value& relation) {
    List columns;
    if (!current().execute) return columns;
    for (const List& row : ask(described(relation.str())).rows) {
      columns.push_back(column_value(row.at(0).str(), row.at(1).str()));
    }
    return columns;
  };
  method("get_columns_in_relation", [columns_of](const CallArguments& arguments) {
    arguments.expect("adapter.get_columns_in_relation", 1, {"relation"});
    return Value(columns_of(*arguments.find(0, "relation")));
  });
  method("get_missing_columns", [columns_of](const CallArguments& arguments) {
    arguments.expect("adapter.get_missing_columns", 2, {"from_relation", "to_relation"});
    const auto name_of = [](const Value& column) {
      return to_lower(column.as_object().attributes.find("name")->str());
    };
    const List there = columns_of(*arguments.find(1, "to_relation"));
    List missing;
    for (const Value& column : columns_of(*arguments.find(0, "from_relation"))) {
      const bool has = std::any_of(there.begin(), there.end(), [&](const Value& other) {
        return name_of(other) == name_of(column);
      });
      if (!has) missing.push_back(column);
    }
    return Value(std::move(missing));
  });
  method("check_schema_exists", [this](const CallArguments& arguments) {
    arguments.expect("adapter.check_schema_exists", 2, {"database", "schema"});
    if (!current().execute) return Value(false);
    return Value(!ask(fmt::format("select 1 from duckdb_schemas() where lower(schema_name) = {}",
                                  sql_quote(to_lower(text_or_empty(arguments, 1, "schema")))))
                      .rows.empty());
  });
  for (const char* name :
       {"create_schema", "drop_schema", "drop_relation", "rename_relation", "truncate_relation",
        "expand_target_column_types", "execute", "add_query", "commit"}) {
    method(name, refused(name));
  }
  root_.set("adapter", Value::object("adapter", "<adapter>", std::move(adapter)));
}

}  // namespace gsa::dbt
