#include "assets/warehouse.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

namespace fs = std::filesystem;

std::string qualified(std::string_view schema, std::string_view name) {
  return sql_name(schema) + "." + sql_name(name);
}

// "… Conflicting lock is held in /usr/bin/gsa (PID 42) by user jo. See also …" -> the holder.
std::string lock_holder(const std::string& message) {
  constexpr std::string_view kHeld = "lock is held in ";
  const std::size_t from = message.find(kHeld);
  if (from == std::string::npos) return "another process";
  const std::string rest = message.substr(from + kHeld.size());
  return rest.substr(0, rest.find(". "));
}

[[noreturn]] void throw_open_error(const duck::SqlError& error, const std::string& path,
                                   Access access) {
  const std::string& text = error.message();
  const auto says = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  if (says("Could not set lock")) {
    throw Error(
        fmt::format("{} is in use by {}", path, lock_holder(text)),
        access == Access::read
            ? "wait until it is done: while a process writes a warehouse, no other can read it"
            : "wait until it is done, or use another file with --warehouse");
  }
  if (says("not a valid DuckDB database file")) {
    throw Error(fmt::format("{} is not a warehouse: it is not a DuckDB file", path),
                "choose another file with --warehouse");
  }
  if (says("Could not read enough bytes") || says("Corrupt database") || says("checksum")) {
    throw Error(fmt::format("the warehouse {} is damaged: {}", path, text),
                "remove it and make it anew with: gsa run   (or name another with --warehouse)");
  }
  if (says("newer version") || says("version number")) {
    throw Error(fmt::format("{} was written by a newer version of DuckDB than {}", path,
                            duck::library_version()),
                "use the newer gsa that wrote it, or another file with --warehouse");
  }
  throw Error(fmt::format("cannot open the warehouse {}: {}", path, text), error.hint());
}

// What can be said about the path before DuckDB looks at it.
void check_path(const std::string& path, Access access) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    throw Error(fmt::format("{} is a folder, not a warehouse file", path),
                fmt::format("name a file in it: --warehouse {}",
                            (fs::path(path) / "warehouse.duckdb").string()));
  }
  const bool exists = fs::exists(path, ignored);
  if (!exists && access != Access::write) {
    throw Error(fmt::format("there is no warehouse at {}", path),
                "make one with: gsa run   (or name it with --warehouse)");
  }
  if (exists && access != Access::read && ::access(path.c_str(), W_OK) != 0) {
    throw Error(fmt::format("the warehouse {} is read-only", path),
                "make it writable, or use another file with --warehouse");
  }
  if (exists && ::access(path.c_str(), R_OK) != 0) {
    throw Error(fmt::format("the warehouse {} may not be read", path));
  }
  if (exists && fs::is_regular_file(path, ignored) && fs::file_size(path, ignored) == 0) {
    throw Error(fmt::format("{} is not a warehouse: the file is empty", path),
                "remove it, or choose another file with --warehouse");
  }
  if (access != Access::read) {
    const fs::path folder = fs::absolute(path).parent_path();
    make_folder(folder);
    if (::access(folder.c_str(), W_OK) != 0) {
      throw Error(fmt::format("cannot write into the folder {} of the warehouse", folder.string()),
                  "make it writable, or use another file with --warehouse");
    }
  }
}

bool table_exists(duck::Connection& connection, std::string_view schema, std::string_view name) {
  return connection.query_int64(fmt::format(
             "select count(*) from duckdb_tables() where database_name = current_database() "
             "and schema_name = {} and table_name = {}",
             sql_quote(schema), sql_quote(name))) > 0;
}

// 0 where nothing was published.
std::int64_t format_of(duck::Connection& connection) {
  if (!table_exists(connection, "ops", "provenance")) return 0;
  return connection.query_int64(
      "select coalesce(max(warehouse_format), 0)::bigint from ops.provenance");
}

void check_format(duck::Connection& connection, const std::string& path) {
  const std::int64_t format = format_of(connection);
  if (format > kWarehouseFormat) {
    throw Error(
        fmt::format("{} was written by a newer version of gsa (warehouse format {}; this one "
                    "knows up to {})",
                    path, format, kWarehouseFormat),
        "use the newer gsa, or another file with --warehouse");
  }
}

// The statement that drops the relation, whichever kind it is; empty where there is none.
std::string drop_statement(duck::Connection& connection, std::string_view schema,
                           std::string_view name) {
  const auto counts = [&](std::string_view catalog, std::string_view column) {
    return connection.query_int64(fmt::format(
        "select count(*) from {}() where database_name = current_database() and schema_name = {} "
        "and {} = {}",
        catalog, sql_quote(schema), column, sql_quote(name)));
  };
  if (counts("duckdb_tables", "table_name") > 0) return "drop table " + qualified(schema, name);
  if (counts("duckdb_views", "view_name") > 0) return "drop view " + qualified(schema, name);
  return "";
}

void drop_relation(duck::Connection& connection, std::string_view schema, std::string_view name) {
  const std::string drop = drop_statement(connection, schema, name);
  if (!drop.empty()) connection.execute(drop);
}

void publish_relation(duck::Connection& connection, const PublishedRelation& relation) {
  drop_relation(connection, relation.schema, relation.name);
  const std::string hidden_name = hidden(relation.name);
  if (relation.view_sql.empty()) {
    connection.execute(fmt::format("alter table {} rename to {}",
                                   qualified(relation.schema, hidden_name),
                                   sql_name(relation.name)));
  } else {
    drop_relation(connection, relation.schema, hidden_name);
    connection.execute(fmt::format("create view {} as\n{}",
                                   qualified(relation.schema, relation.name), relation.view_sql));
  }
}

void write_provenance(duck::Connection& connection, const Provenance& provenance) {
  connection.execute("create schema if not exists ops");
  connection.execute(fmt::format(
      "create or replace table ops.provenance as select {}::integer as warehouse_format, "
      "{} as source, {} as source_reason, {}::bigint as prompts, "
      "{}::bigint as prompts_in_source, "
      "{}::bigint as prompts_skipped, {}::bigint as users, {}::ubigint as seed, {} as behavior, "
      "{} as period, {} as project, {} as raw_fingerprint, "
      "(current_timestamp at time zone 'UTC')::timestamp as published_at",
      kWarehouseFormat, sql_quote(provenance.source), sql_quote(provenance.source_reason),
      provenance.prompts, provenance.prompts_in_source, provenance.prompts_skipped,
      provenance.users, provenance.seed, sql_quote(provenance.behavior),
      sql_quote(provenance.period), sql_quote(provenance.project),
      sql_quote(provenance.raw_fingerprint)));
  std::string findings =
      "create or replace table ops.findings (finding varchar, rule varchar, count bigint)";
  for (const Finding& finding : provenance.findings) {
    findings += fmt::format("; insert into ops.findings values ({}, {}, {})",
                            sql_quote(finding.what), sql_quote(finding.rule), finding.count);
  }
  connection.execute(findings);
}

void write_published(duck::Connection& connection,
                     const std::vector<PublishedRelation>& relations) {
  connection.execute(
      "create table if not exists ops.published (schema_name varchar, name varchar, kind varchar)");
  for (const PublishedRelation& relation : relations) {
    connection.execute(
        fmt::format("delete from ops.published where schema_name = {0} and name = {1}; "
                    "insert into ops.published values ({0}, {1}, {2})",
                    sql_quote(relation.schema), sql_quote(relation.name),
                    sql_quote(relation.view_sql.empty() ? "table" : "view")));
  }
}

bool contains(const std::vector<PublishedRelation>& relations, const PublishedRelation& wanted) {
  return std::any_of(relations.begin(), relations.end(), [&](const PublishedRelation& relation) {
    return relation.schema == wanted.schema && relation.name == wanted.name;
  });
}

void drop_outdated(duck::Connection& connection, const std::vector<PublishedRelation>& made,
                   const std::vector<PublishedRelation>& kept) {
  for (const PublishedRelation& old : published_relations(connection)) {
    if (contains(made, old) || contains(kept, old)) continue;
    drop_relation(connection, old.schema, old.name);
    connection.execute(fmt::format("delete from ops.published where schema_name = {} and name = {}",
                                   sql_quote(old.schema), sql_quote(old.name)));
  }
}

}  // namespace

std::string hidden(std::string_view name) { return std::string(kHiddenPrefix) + std::string(name); }

duck::Database open_warehouse(const WarehouseOptions& options, Access access) {
  check_path(options.path, access);
  duck::DatabaseOptions database_options;
  database_options.path = options.path;
  database_options.read_only = access == Access::read;
  database_options.threads = options.threads;
  database_options.memory_limit = options.memory_limit;
  try {
    duck::Database database(database_options);
    duck::Connection connection = database.connect();
    check_format(connection, options.path);
    if (access != Access::read) drop_hidden(connection);
    return database;
  } catch (const duck::SqlError& error) {
    throw_open_error(error, options.path, access);
  }
}

std::optional<Provenance> read_provenance(duck::Connection& connection) {
  if (format_of(connection) < kWarehouseFormat) return std::nullopt;
  const duck::Result row = connection.query(
      "select source, prompts, prompts_in_source, prompts_skipped, users, seed::varchar, behavior, "
      "period, project, raw_fingerprint, source_reason from ops.provenance");
  Provenance p;
  p.source = row.text(0, 0);
  p.prompts = row.int64(0, 1);
  p.prompts_in_source = row.int64(0, 2);
  p.prompts_skipped = row.int64(0, 3);
  p.users = row.int64(0, 4);
  p.seed = std::stoull(row.text(0, 5));
  p.behavior = row.text(0, 6);
  p.period = row.text(0, 7);
  p.project = row.text(0, 8);
  p.raw_fingerprint = row.text(0, 9);
  p.source_reason = row.text(0, 10);
  const duck::Result found =
      connection.query("select finding, rule, count from ops.findings order by rowid");
  for (std::size_t r = 0; r < found.rows(); ++r) {
    p.findings.push_back({found.text(r, 0), found.text(r, 1), found.int64(r, 2)});
  }
  return p;
}

std::vector<PublishedRelation> published_relations(duck::Connection& connection) {
  std::vector<PublishedRelation> relations;
  if (!table_exists(connection, "ops", "published")) return relations;
  const duck::Result rows =
      connection.query("select schema_name, name from ops.published order by all");
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    relations.push_back({rows.text(r, 0), rows.text(r, 1), ""});
  }
  return relations;
}

void publish(duck::Connection& connection, const std::vector<PublishedRelation>& made,
             const std::vector<PublishedRelation>& kept, const Provenance& provenance) {
  connection.execute("begin transaction");
  try {
    // A view is bound when it is made: what it reads must stand by then.
    for (const bool views : {false, true}) {
      for (const PublishedRelation& relation : made) {
        if (relation.view_sql.empty() != views) publish_relation(connection, relation);
      }
    }
    write_provenance(connection, provenance);
    write_published(connection, made);
    drop_outdated(connection, made, kept);
    connection.execute("commit");
  } catch (...) {
    try {
      connection.execute("rollback");
    } catch (const Error&) {
      // A failed commit has rolled back already; the first error is the one to report.
    }
    throw;
  }
}

void drop_hidden(duck::Connection& connection) {
  const std::string prefix = sql_quote(kHiddenPrefix);
  const duck::Result rows = connection.query(fmt::format(
      "select schema_name, view_name from duckdb_views() where database_name = current_database() "
      "and starts_with(view_name, {0}) union all "
      "select schema_name, table_name from duckdb_tables() where database_name = "
      "current_database() and starts_with(table_name, {0})",
      prefix));
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    drop_relation(connection, rows.text(r, 0), rows.text(r, 1));
  }
}

}  // namespace gsa::assets
