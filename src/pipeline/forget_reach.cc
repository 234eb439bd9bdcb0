#include "pipeline/forget_reach.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "duck/relation_list.h"
#include "pipeline/raw_assets.h"
#include "prompts/datasets.h"
#include "prompts/resolve.h"

namespace gsa::pipeline {
namespace {

namespace fs = std::filesystem;

using Name = std::pair<std::string, std::string>;  // schema, name

// Columns by relation, of these types; "": of any.
std::map<Name, std::set<std::string>> columns_by_relation(duck::Connection& connection,
                                                          const std::string& type) {
  std::map<Name, std::set<std::string>> columns;
  const duck::Result rows = connection.query(
      "select schema_name, table_name, column_name from duckdb_columns() where database_name = "
      "current_database() and not internal" +
      (type.empty() ? "" : " and data_type = " + sql_quote(type)));
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    columns[{rows.text(r, 0), rows.text(r, 1)}].insert(rows.text(r, 2));
  }
  return columns;
}

// An export as it was last written to one place.
struct RecordedExport {
  fs::path file;
  std::int64_t bytes = 0;
  ExportFormat format = ExportFormat::parquet;
};

std::vector<RecordedExport> all_exports(duck::Connection& connection) {
  const duck::Result rows = connection.query(
      "select metadata['file'] as file, arg_max(bytes, run_id), "
      "coalesce(arg_max(code['--format'], run_id), '') from ops.materializations "
      "left join (select code_version, code from ops.code_versions) using (code_version) "
      "where asset like 'export/%' and file is not null group by file order by file");
  std::vector<RecordedExport> exports;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    exports.push_back({rows.text(r, 0), rows.int64(r, 1), format_named(rows.text(r, 2))});
  }
  return exports;
}

// Writes it again, and puts its new size on record, by which the next call knows it.
void renew(duck::Connection& connection, const RecordedExport& exported,
           const std::map<std::string, ExportedTable>& tables) {
  const auto table = tables.find(exported.file.stem().string());
  std::error_code missing;
  const auto size = fs::file_size(exported.file, missing);
  if (table == tables.end() || missing || !std::cmp_equal(size, exported.bytes)) {
    throw Error("it was moved or changed since, or its table is gone");
  }
  export_table(connection, table->second, exported.format, exported.file.parent_path());
  connection.execute(
      fmt::format("update ops.materializations set bytes = {} where asset like 'export/%' and "
                  "metadata['file'] = {}",
                  fs::file_size(exported.file), sql_quote(exported.file.string())));
}

}  // namespace

std::map<std::string, std::int64_t> rows_by_table(duck::Connection& connection,
                                                  const std::vector<ExportedTable>& tables,
                                                  const RowsOfUsers& rows) {
  const auto columns = columns_by_relation(connection, "");
  std::map<std::string, std::int64_t> counts;
  for (const ExportedTable& table : tables) {
    const auto found = columns.find({table.schema, table.name});
    if (found == columns.end()) continue;
    for (const std::string_view key : {"user_id", "generation_id", "prompt_id"}) {
      if (!found->second.contains(std::string(key))) continue;
      const std::int64_t count = connection.query_int64(
          fmt::format("select count(*) from {} where {}",
                      assets::sql_relation(table.schema, table.name), rows.by(key)));
      if (count > 0) counts[table.name] = count;
      break;
    }
  }
  return counts;
}

OtherTables::OtherTables(duck::Connection& connection, const assets::State& state,
                         const std::vector<Person>& persons) {
  std::set<Name> made;
  for (const assets::PublishedRelation& relation : state.shown) {
    made.emplace(relation.schema, relation.name);
  }
  std::vector<std::string> keys;
  for (const Person& person : persons) {
    for (const std::string& name : person.names()) keys.push_back(sql_quote(name));
  }
  const auto texts = columns_by_relation(connection, "VARCHAR");
  for (const duck::ListedRelation& relation : duck::list_relations(connection)) {
    const Name name = {relation.schema, relation.name};
    if (relation.is_view || relation.schema == "ops" || made.contains(name) ||
        relation.schema == assets::kPartitionSchema) {
      continue;
    }
    const std::string table = assets::sql_relation(relation.schema, relation.name);
    names_.push_back(relation.schema + "." + relation.name);
    const auto columns = texts.find(name);
    if (columns == texts.end() || keys.empty()) continue;
    std::vector<std::string> conditions;
    for (const std::string& column : columns->second) {
      conditions.push_back(fmt::format("{} in ({})", sql_name(column), join(keys, ", ")));
    }
    const std::string where = fmt::format("from {} where {}", table, join(conditions, " or "));
    const std::int64_t count = connection.query_int64("select count(*) " + where);
    if (count == 0) continue;
    rows_[names_.back()] = count;
    statements_.push_back("delete " + where);
  }
}

RenewedExports renew_exports(duck::Connection& connection, const dbt::Project& project) {
  RenewedExports renewed;
  const std::vector<RecordedExport> exports = all_exports(connection);
  if (exports.empty()) return renewed;
  std::map<std::string, ExportedTable> tables;
  for (ExportedTable& table :
       tables_to_export(assets::read_state(connection), project, ExportFormat::portable)) {
    const std::string name = table.name;
    tables.emplace(name, std::move(table));
  }
  std::set<std::string> folders;
  for (const RecordedExport& exported : exports) {
    try {
      renew(connection, exported, tables);
      renewed.files.push_back(exported.file.string());
      folders.insert(exported.file.parent_path().string());
    } catch (const Error& error) {
      renewed.out_of_reach.push_back(
          fmt::format("the export {}: {}", exported.file.string(), error.message()));
    }
  }
  for (const std::string& folder : folders) export_provenance(connection, folder);
  return renewed;
}

std::vector<std::string> beyond_reach(const assets::State& state, const dbt::Project& project,
                                      const ProjectOptions& options, const OtherTables& others,
                                      bool has_snapshot) {
  std::vector<std::string> places;
  std::vector<std::string> sources = published_sources(state);
  const EventOptions events = published_event_options(state);
  sources.insert(sources.end(), events.users_from.begin(), events.users_from.end());
  sources.insert(sources.end(), events.feedback_from.begin(), events.feedback_from.end());
  std::erase(sources, prompts::kSynthetic);
  if (!sources.empty()) {
    places.push_back(fmt::format("the source: {}; gsa run leaves them out of it from now on",
                                 join(sources, ", ")));
  }
  if (!others.names().empty()) {
    places.push_back(fmt::format("tables that no model makes, except for rows with the key: {}",
                                 join(others.names(), ", ")));
  }
  std::vector<std::string> kept;
  for (const dbt::Node& node : project.nodes()) {
    const bool stays = node.model.materialized == dbt::Materialization::incremental &&
                       !node.model.full_refresh.value_or(true);
    if (stays) kept.push_back(node.name);
  }
  if (!kept.empty()) {
    places.push_back(
        fmt::format("incremental models with full_refresh: false: {}", join(kept, ", ")));
  }
  if (!options.folder.empty()) {
    places.push_back(
        fmt::format("files of the project {}: its seeds, SQL and logs", options.folder));
  }
  if (!project.target().output.entries().empty()) {
    places.emplace_back(
        "what is on Trino: the next gsa run --target makes it anew without them, the one after "
        "that "
        "deletes the old rows, and Iceberg keeps their files until its snapshots expire; files of "
        "raw tables in the lake");
  }
  if (has_snapshot) places.emplace_back("programs that still have the old snapshot open");
  places.emplace_back(
      "copies and backups of the warehouse, files that you exported and moved, results of gsa sql, "
      "and blocks that the disk has freed but not overwritten");
  places.emplace_back(
      "other warehouses, and this one if it is deleted and made anew: the list of "
      "the forgotten is in it");
  return places;
}

}  // namespace gsa::pipeline
