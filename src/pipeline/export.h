#pragma once

// Exports the published tables as files for other tools.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"

namespace gsa::pipeline {

// Portable is Parquet in types that every engine reads alike (remote/portable.h).
enum class ExportFormat { parquet, csv, portable };

// The name of the format, as --format takes it and exports on record have it; any other name is
// Parquet's.
std::string_view format_name(ExportFormat format);
ExportFormat format_named(std::string_view name);

// A relation to export, and the columns to sort its rows by.
struct ExportedTable {
  std::string schema;  // empty: no relation, but the words of the data
  std::string name;
  std::string asset;             // that it shows
  std::vector<std::string> key;  // empty: sorted by all columns
};

// The published relations, except staging views, which only rename the raw tables, and partitions
// of assets that are exported whole; and the words of the data, which are no relation, if the
// format lacks their types.
std::vector<ExportedTable> tables_to_export(const assets::State& state, const dbt::Project& project,
                                            ExportFormat format);

std::string export_file(const ExportedTable& table, ExportFormat format, const std::string& folder);

// The export of a table as an asset: "export/fct_sessions", with the table as its input.
assets::Asset export_asset(const ExportedTable& table, ExportFormat format,
                           const std::string& folder);
// All recorded exports, as assets.
std::vector<assets::Asset> recorded_exports(const assets::State& state);

// Why the file must be written; nullopt if it has the published content. `versions` are the data
// versions of the published assets.
std::optional<std::string> export_reason(const assets::Asset& asset, const std::string& file,
                                         const assets::Versions& versions,
                                         const assets::State& state);

// Writes folder/NAME.FORMAT, sorted by key: the same bytes for the same rows, with any number of
// threads. A file appears complete or not at all. Returns the number of rows.
std::int64_t export_table(duck::Connection& connection, const ExportedTable& table,
                          ExportFormat format, const std::string& folder);

// Writes folder/provenance.json.
void export_provenance(duck::Connection& connection, const std::string& folder);

}  // namespace gsa::pipeline
