#include "pipeline/export.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "assets/checksum.h"
#include "assets/plan.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "pipeline/output_file.h"
#include "pipeline/word_types.h"
#include "remote/portable.h"

namespace gsa::pipeline {
namespace {

namespace fs = std::filesystem;

// Rows of a Parquet row group; fixed, so that files do not depend on the engine's default.
constexpr int kRowGroupRows = 122880;
constexpr std::string_view kExportPrefix = "export/";

bool is_staging(const dbt::Project& project, const std::string& name) {
  const dbt::Node* model = project.find_model(name);
  return model != nullptr &&
         std::find(model->tags.begin(), model->tags.end(), "staging") != model->tags.end();
}

std::string order_of(const ExportedTable& table) {
  if (table.key.empty()) return "all";
  std::vector<std::string> columns;
  for (const std::string& column : table.key) columns.push_back(sql_name(column));
  return join(columns, ", ");
}

}  // namespace

std::string_view format_name(ExportFormat format) {
  switch (format) {
    case ExportFormat::csv:
      return "csv";
    case ExportFormat::portable:
      return "portable";
    default:
      return "parquet";
  }
}

ExportFormat format_named(std::string_view name) {
  if (name == "csv") return ExportFormat::csv;
  return name == "portable" ? ExportFormat::portable : ExportFormat::parquet;
}

std::vector<ExportedTable> tables_to_export(const assets::State& state, const dbt::Project& project,
                                            ExportFormat format) {
  std::vector<ExportedTable> tables;
  for (const assets::PublishedRelation& relation : state.shown) {
    if (is_staging(project, relation.name) || !relation.unit.partition.empty()) continue;
    tables.push_back({relation.schema, relation.name, relation.unit.asset,
                      project.unique_key_of(relation.name)});
  }
  if (tables.empty()) {
    throw Error("nothing is published in this warehouse yet", "make it with: gsa run");
  }
  if (format == ExportFormat::portable) {
    tables.push_back({"", std::string(remote::kRawWords), "raw_generations", {"kind", "position"}});
  }
  return tables;
}

std::string export_file(const ExportedTable& table, ExportFormat format,
                        const std::string& folder) {
  const char* extension = format == ExportFormat::csv ? ".csv" : ".parquet";
  return (fs::path(folder) / (table.name + extension)).string();
}

assets::Asset export_asset(const ExportedTable& table, ExportFormat format,
                           const std::string& folder) {
  assets::Asset asset;
  asset.name = std::string(kExportPrefix) + table.name;
  asset.kind = assets::AssetKind::file;
  asset.group = "exports";
  asset.inputs = {table.asset.empty() ? table.name : table.asset};
  asset.file = fs::absolute(export_file(table, format, folder)).lexically_normal().string();
  asset.description = fmt::format("{} as a file, sorted by its key.", table.name);
  asset.code = {{"folder", fs::absolute(folder).lexically_normal().string()},
                {"--format", std::string(format_name(format))},
                {"order", order_of(table)}};
  return asset;
}

std::vector<assets::Asset> recorded_exports(const assets::State& state) {
  std::vector<assets::Asset> exports;
  for (const auto& [unit, made] : state.published) {
    if (!unit.asset.starts_with(kExportPrefix)) continue;
    assets::Asset asset;
    asset.name = unit.asset;
    asset.kind = assets::AssetKind::file;
    asset.group = "exports";
    for (const auto& [input, version] : made.inputs) asset.inputs.push_back(input);
    if (const auto file = made.metadata.find("file"); file != made.metadata.end()) {
      asset.file = file->second;
    }
    const auto code = state.codes.find(made.code_version);
    if (code != state.codes.end()) asset.code = code->second;
    exports.push_back(std::move(asset));
  }
  return exports;
}

std::optional<std::string> export_reason(const assets::Asset& asset, const std::string& file,
                                         const assets::Versions& versions,
                                         const assets::State& state) {
  assets::Versions inputs;
  for (const std::string& input : asset.inputs) {
    if (const auto version = versions.find(input); version != versions.end()) {
      inputs.insert(*version);
    }
  }
  auto reason = assets::stale_reason(asset, {asset.name, ""}, inputs, state);
  if (reason) return reason;
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  if (missing) return "its file is missing";
  const auto bytes = state.published.at({asset.name, ""}).bytes;
  if (bytes != static_cast<std::int64_t>(size)) return "its file was changed";
  return std::nullopt;
}

namespace {

// Nested values are JSON in a file of CSV, which has texts only.
std::string csv_columns(duck::Connection& connection, const std::string& relation) {
  const duck::Result columns = connection.query("describe select * from " + relation);
  std::string replaced;
  for (std::size_t r = 0; r < columns.rows(); ++r) {
    if (!assets::is_nested(columns.text(r, 1))) continue;
    replaced += fmt::format("{0}to_json({1}) as {1}", replaced.empty() ? "" : ", ",
                            sql_name(columns.text(r, 0)));
  }
  return replaced.empty() ? "*" : fmt::format("* replace ({})", replaced);
}

std::string exported_columns(duck::Connection& connection, const std::string& relation,
                             ExportFormat format) {
  switch (format) {
    case ExportFormat::csv:
      return csv_columns(connection, relation);
    case ExportFormat::portable:
      return remote::portable_columns(connection, relation);
    default:
      return "*";
  }
}

}  // namespace

std::int64_t export_table(duck::Connection& connection, const ExportedTable& table,
                          ExportFormat format, const std::string& folder) {
  OutputFile file(export_file(table, format, folder));
  const std::string relation = table.schema.empty()
                                   ? "(" + remote::select_raw_words(kWordTypes) + ")"
                                   : sql_name(table.schema) + "." + sql_name(table.name);
  const duck::Result result = connection.query(fmt::format(
      "copy (select {} from {} order by {}) to {} ({})",
      exported_columns(connection, relation, format), relation, order_of(table),
      sql_quote(file.part()),
      format == ExportFormat::csv
          ? "format csv, use_tmp_file false, header"
          : fmt::format("format parquet, use_tmp_file false, compression zstd, row_group_size {}",
                        kRowGroupRows)));
  file.keep();
  return result.rows_changed();
}

void export_provenance(duck::Connection& connection, const std::string& folder) {
  // Without the time of publication, so that the same run gives the same files.
  write_file(fs::path(folder) / "provenance.json", assets::provenance_json(connection) + "\n");
}

}  // namespace gsa::pipeline
