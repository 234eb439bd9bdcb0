#include "assets/state.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "assets/warehouse.h"
#include "base/hash.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

using RelationName = std::pair<std::string, std::string>;  // schema, name

std::optional<std::int64_t> int64_or_null(const duck::Result& rows, std::size_t row,
                                          std::size_t column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return rows.int64(row, column);
}

// The materializations in `from` (a table or join named m); the last one of each unit.
std::map<Unit, Materialization> read_materializations(duck::Connection& connection,
                                                      const std::string& from) {
  std::map<Unit, Materialization> found;
  const duck::Result rows = connection.query(
      "select m.run_id, m.asset, coalesce(m.partition, ''), "
      "strftime(m.made_at, '%Y-%m-%d %H:%M:%S'), m.rows, m.bytes, m.seconds, "
      "m.peak_memory_bytes, m.checksum, m.data_version, m.code_version, m.reason, "
      "m.inputs, m.metadata, coalesce(m.published, false) " +
      from);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    Materialization made;
    made.run_id = rows.int64(r, 0);
    made.unit = {rows.text(r, 1), rows.text(r, 2)};
    made.made_at = rows.text(r, 3);
    made.rows = int64_or_null(rows, r, 4);
    made.bytes = int64_or_null(rows, r, 5);
    made.seconds = rows.float64(r, 6);
    made.peak_memory_bytes = int64_or_null(rows, r, 7);
    made.checksum = rows.text(r, 8);
    made.data_version = rows.text(r, 9);
    made.code_version = rows.text(r, 10);
    made.reason = rows.text(r, 11);
    made.inputs = rows.map(r, 12);
    made.metadata = rows.map(r, 13);
    made.published = rows.int64(r, 14) != 0;
    found[made.unit] = std::move(made);
  }
  return found;
}

void read_codes(duck::Connection& connection, State& state) {
  const duck::Result rows = connection.query("select code_version, code from ops.code_versions");
  for (std::size_t r = 0; r < rows.rows(); ++r) state.codes[rows.text(r, 0)] = rows.map(r, 1);
}

// The outcome of a check is valid for the versions that it read, whether or not they were
// published.
void read_checks(duck::Connection& connection, State& state) {
  const duck::Result rows = connection.query(
      "select check_name, status, code_version, inputs from ops.checks where rowid in (select "
      "arg_max(rowid, (run_id, checked_at)) from ops.checks group by check_name)");
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    CheckRecord& last = state.checks[rows.text(r, 0)];
    last.name = rows.text(r, 0);
    last.status = check_status(rows.text(r, 1));
    last.code_version = rows.text(r, 2);
    last.inputs = rows.map(r, 3);
  }
}

// DuckDB's estimated_size includes deleted rows. count(*) of a table without deleted rows is
// answered from metadata; so many tables in one query take 0.1 ms each.
constexpr std::size_t kTablesCountedAtOnce = 50;

void count_rows(duck::Connection& connection, const std::vector<RelationName>& tables,
                State& state) {
  for (std::size_t begin = 0; begin < tables.size(); begin += kTablesCountedAtOnce) {
    const std::size_t end = std::min(tables.size(), begin + kTablesCountedAtOnce);
    std::vector<std::string> counts;
    for (std::size_t i = begin; i < end; ++i) {
      counts.push_back(fmt::format("select {}, count(*) from {}.{}", i, sql_name(tables[i].first),
                                   sql_name(tables[i].second)));
    }
    const duck::Result rows = connection.query(join(counts, " union all "));
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const auto& [schema, name] = tables[static_cast<std::size_t>(rows.int64(r, 0))];
      state.relations[{to_lower(schema), to_lower(name)}].rows = rows.int64(r, 1);
    }
  }
}

void read_relations(duck::Connection& connection, State& state) {
  const duck::Result rows = connection.query(
      "select schema_name, table_name, 0 from duckdb_tables() where database_name = "
      "current_database() and schema_name != 'ops' union all select schema_name, view_name, 1 from "
      "duckdb_views() where database_name = current_database() and not internal");
  std::vector<RelationName> tables;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const RelationName name = {rows.text(r, 0), rows.text(r, 1)};
    const bool is_view = rows.int64(r, 2) == 1;
    state.relations[{to_lower(name.first), to_lower(name.second)}] = {is_view, 0};
    if (!is_view) tables.push_back(name);
  }
  count_rows(connection, tables, state);
}

}  // namespace

std::string to_string(const Unit& unit) {
  return unit.partition.empty() ? unit.asset : fmt::format("{}[{}]", unit.asset, unit.partition);
}

const Standing* State::find(const std::string& schema, const std::string& name) const {
  const auto found = relations.find({to_lower(schema), to_lower(name)});
  return found == relations.end() ? nullptr : &found->second;
}

State read_state(duck::Connection& connection) {
  State state;
  read_relations(connection, state);
  state.shown = published_relations(connection);
  if (!has_records(connection)) return state;
  state.published = read_materializations(
      connection,
      "from ops.published p join ops.materializations m on p.run_id = m.run_id and p.asset = "
      "m.asset and p.partition is not distinct from m.partition");
  // Exported files are as they were last written. Partitions built later than their published
  // version are left behind.
  for (auto& [unit, made] : read_materializations(
           connection,
           "from ops.materializations m where (partition is not null and published is not true) or "
           "starts_with(asset, 'export/') order by run_id, made_at")) {
    const auto published = state.published.find(unit);
    if (unit.partition.empty()) {
      state.published.emplace(unit, made);
    } else if (published == state.published.end() || published->second.run_id < made.run_id) {
      state.left_behind.emplace(unit, made);
    }
  }
  read_codes(connection, state);
  read_checks(connection, state);
  return state;
}

std::string code_version_of(const Code& code) {
  // Lengths precede texts, so that no two codes have the same encoding.
  std::string text;
  for (const auto& [part, value] : code) {
    text += fmt::format("{}:{}={}:{}\n", part.size(), part, value.size(), value);
  }
  return fmt::format("{:016x}", stable_hash(text));
}

std::string combined_version(const std::vector<std::pair<std::string, std::string>>& partitions) {
  Code versions;
  for (const auto& [partition, version] : partitions) versions[partition] = version;
  return code_version_of(versions);
}

std::pair<std::string, std::string> relation_of(const Asset& asset, const std::string& partition) {
  if (partition.empty()) return {asset.schema, asset.relation};
  std::string suffix = partition;
  std::replace_if(
      suffix.begin(), suffix.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  const std::string prefix = asset.schema == "main" ? "" : asset.schema + "_";
  return {kPartitionSchema, prefix + asset.relation + "_" + suffix};
}

std::string select_partitions(const Asset& asset, const std::vector<std::string>& relations) {
  const std::string more = asset.constant_columns.empty() ? "" : ",\n    " + asset.constant_columns;
  std::vector<std::string> parts;
  for (const std::string& relation : relations) {
    parts.push_back(fmt::format("select *{} from {}", more, relation));
  }
  return join(parts, "\nunion all\n");
}

std::string sql_relation(const std::string& schema, const std::string& name) {
  return sql_name(schema) + "." + sql_name(name);
}

}  // namespace gsa::assets
