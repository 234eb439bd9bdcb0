#include "api/table_profile.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "api/api_error.h"
#include "api/facts.h"
#include "api/json_writer.h"
#include "base/text.h"
#include "sandbox/guard.h"

namespace gsa::api {
namespace {

constexpr std::int64_t kFewValues = 50;  // columns with at most this many are shown by value
constexpr int kTop = 10;                 // values to show
constexpr int kBins = 20;                // in a histogram
constexpr int kExamples = 5;
constexpr int kShown = 200;  // characters of a value

enum class ProfileKind { number, time, other, nested };

struct ProfiledColumn {
  std::string name, type;
  ProfileKind kind = ProfileKind::other;
  std::int64_t present = 0, distinct = 0;
  std::optional<std::string> min, max;
  std::optional<double> mean, low, high;  // histogram bounds; of times in seconds

  std::string sql() const { return sql_name(name); }
  // As a number, for binning.
  std::string number() const {
    return kind == ProfileKind::time ? fmt::format("epoch({})", sql())
                                     : fmt::format("{}::double", sql());
  }
};

ProfileKind kind_of(const std::string& type) {
  for (const char* nested : {"STRUCT", "MAP", "UNION"}) {
    if (type.starts_with(nested)) return ProfileKind::nested;
  }
  if (type.ends_with(']')) return ProfileKind::nested;
  if (type == "DATE" || type.starts_with("TIMESTAMP")) return ProfileKind::time;
  for (const char* number : {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT",
                             "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE"}) {
    if (type == number) return ProfileKind::number;
  }
  return type.starts_with("DECIMAL") ? ProfileKind::number : ProfileKind::other;
}

std::vector<ProfiledColumn> columns_of(duck::Connection& connection, const std::string& schema,
                                       const std::string& table) {
  const duck::Result rows = connection.query(
      fmt::format("select column_name, data_type from duckdb_columns() where database_name = "
                  "current_database() and schema_name = {} and table_name = {} "
                  "order by column_index",
                  sql_quote(schema), sql_quote(table)));
  std::vector<ProfiledColumn> columns;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    ProfiledColumn column;
    column.name = rows.text(r, 0);
    column.type = rows.text(r, 1);
    column.kind = kind_of(column.type);
    columns.push_back(std::move(column));
  }
  return columns;
}

std::optional<std::string> maybe_text(const duck::Result& rows, std::size_t r, std::size_t c) {
  return rows.is_null(r, c) ? std::nullopt : std::optional(rows.text(r, c));
}

std::optional<double> maybe_real(const duck::Result& rows, std::size_t c) {
  if (rows.is_null(0, c) || !std::isfinite(rows.float64(0, c))) return std::nullopt;
  return rows.float64(0, c);
}

// Collects in one scan the statistics that every column has. Returns the number of rows.
std::int64_t measure(duck::Connection& connection, const std::string& table,
                     std::vector<ProfiledColumn>& columns) {
  std::string select = "select count(*)";
  for (const ProfiledColumn& column : columns) {
    const std::string sql = column.sql();
    const bool plain = column.kind != ProfileKind::nested;
    const bool bounded = column.kind == ProfileKind::number || column.kind == ProfileKind::time;
    select += fmt::format(
        ", count({0}), left({1}, {2}), left({3}, {2}), {4}, {5}, {6}", sql,
        plain ? fmt::format("min({})::varchar", sql) : "null::varchar", kShown,
        plain ? fmt::format("max({})::varchar", sql) : "null::varchar",
        column.kind == ProfileKind::number ? fmt::format("avg({})::double", sql) : "null::double",
        bounded ? fmt::format("min({})::double", column.number()) : "null::double",
        bounded ? fmt::format("max({})::double", column.number()) : "null::double");
  }
  const duck::Result row = connection.query(fmt::format("{} from {}", select, table));
  std::size_t at = 1;
  for (ProfiledColumn& column : columns) {
    column.present = row.int64(0, at);
    column.min = maybe_text(row, 0, at + 1);
    column.max = maybe_text(row, 0, at + 2);
    column.mean = maybe_real(row, at + 3);
    column.low = maybe_real(row, at + 4);
    column.high = maybe_real(row, at + 5);
    at += 6;
  }
  return row.int64(0, 0);
}

// Runs one query per column: DuckDB counts one distinct column on all threads, but several on one.
// Counts texts by their 64-bit hashes, which takes a tenth of the memory: among 14,000,000
// different texts, two share a hash with a probability of 5 in a million.
void count_distinct(duck::Connection& connection, const std::string& table,
                    std::vector<ProfiledColumn>& columns) {
  for (ProfiledColumn& column : columns) {
    if (column.kind == ProfileKind::nested || column.present == 0) continue;
    const bool is_text = column.type == "VARCHAR" || column.type == "BLOB";
    const std::string counted = is_text ? fmt::format("hash({})", column.sql()) : column.sql();
    column.distinct =
        connection
            .query(fmt::format("select count(distinct {}) from {} where {} is not null", counted,
                               table, column.sql()))
            .int64(0, 0);
  }
}

void write_top(JsonWriter& json, const duck::Result& rows) {
  json.key("top");
  json.begin_array();
  for (std::size_t r = 0; r < std::min<std::size_t>(rows.rows(), kTop); ++r) {
    json.begin_object();
    json.field("value", maybe_text(rows, r, 0));
    json.field("count", rows.int64(r, 1));
    json.end_object();
  }
  json.end_array();
}

void write_histogram(JsonWriter& json, duck::Connection& connection, const std::string& table,
                     const ProfiledColumn& column) {
  json.key("histogram");
  if (!column.low || !column.high || *column.low >= *column.high) return json.null();
  const double width = (*column.high - *column.low) / kBins;
  const duck::Result rows = connection.query(
      fmt::format("select least(floor(({0} - {1}) / {2}), {3})::bigint as bin, count(*) from {4} "
                  "where {5} is not null and isfinite({0}) group by bin",
                  column.number(), *column.low, width, kBins - 1, table, column.sql()));
  std::vector<std::int64_t> counts(kBins);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const std::int64_t bin = std::clamp<std::int64_t>(rows.int64(r, 0), 0, kBins - 1);
    counts[static_cast<std::size_t>(bin)] += rows.int64(r, 1);
  }
  json.begin_object();
  json.key("edges");
  json.begin_array();
  for (int i = 0; i <= kBins; ++i) {
    const double edge = *column.low + width * i;
    if (column.kind == ProfileKind::time) {
      json.value(connection
                     .query(fmt::format("select strftime(make_timestamp({}), "
                                        "'%Y-%m-%dT%H:%M:%SZ')",
                                        static_cast<std::int64_t>(edge * 1e6)))
                     .text(0, 0));
    } else {
      json.value(edge);
    }
  }
  json.end_array();
  json.list("counts", counts);
  json.end_object();
}

void write_column(JsonWriter& json, duck::Connection& connection, const std::string& table,
                  const ProfiledColumn& column, std::int64_t rows) {
  json.begin_object();
  json.field("name", column.name);
  json.field("type", column.type);
  json.field("nulls", rows - column.present);
  const bool is_few = column.kind != ProfileKind::nested && column.distinct <= kFewValues;
  std::optional<duck::Result> values;
  if (is_few) {
    values = connection.query(fmt::format(
        "select left({0}::varchar, {1}), count(*) from {2} where {0} is not null group by {0} "
        "order by 2 desc, 1",
        column.sql(), kShown, table));
  }
  json.field("distinct",
             column.kind == ProfileKind::nested ? std::nullopt : std::optional(column.distinct));
  json.field("min", column.min);
  json.field("max", column.max);
  json.field("mean", column.mean);
  write_histogram(json, connection, table, column);
  if (values) {
    write_top(json, *values);
  } else {
    json.key("top");
    json.begin_array();
    json.end_array();
  }
  const duck::Result examples = connection.query(fmt::format(
      "select distinct left({0}::varchar, {1}) from (select {0} from {2} where {0} is not null "
      "limit 1000) limit {3}",
      column.sql(), kShown, table, kExamples));
  json.key("examples");
  json.begin_array();
  for (std::size_t r = 0; r < examples.rows(); ++r) json.value(examples.text(r, 0));
  json.end_array();
  json.end_object();
}

}  // namespace

std::string profile_json(duck::Connection& connection, const std::string& name) {
  const auto begun = std::chrono::steady_clock::now();
  const std::size_t dot = name.find('.');
  const std::string schema = dot == std::string::npos ? "main" : name.substr(0, dot);
  const std::string table = dot == std::string::npos ? name : name.substr(dot + 1);
  const std::set<sandbox::TableName> tables = sandbox::readable_tables(connection);
  if (!tables.contains({to_lower(schema), to_lower(table)})) {
    std::vector<std::string> names;
    for (const sandbox::TableName& known : tables) names.push_back(known.name);
    throw not_found(fmt::format("there is no table '{}' in the warehouse", name),
                    did_you_mean(table, names));
  }
  const std::string sql = sql_name(schema) + "." + sql_name(table);
  std::vector<ProfiledColumn> columns = columns_of(connection, schema, table);
  const std::int64_t rows = measure(connection, sql, columns);
  count_distinct(connection, sql, columns);
  JsonWriter json;
  json.begin_object();
  json.field("publication", publication_of(connection));
  json.field("table", name);
  json.field("rows", rows);
  json.key("columns");
  json.begin_array();
  for (const ProfiledColumn& column : columns) write_column(json, connection, sql, column, rows);
  json.end_array();
  json.field(
      "ms",
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count());
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
