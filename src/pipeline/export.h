#pragma once

// The published tables as files that other tools read.

#include <optional>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"

namespace gsa::pipeline {

enum class ExportFormat { parquet, csv };

// A relation that is exported, and the columns its rows are sorted by.
struct ExportedTable {
  std::string schema;
  std::string name;
  std::string asset;             // that it is
  std::vector<std::string> key;  // empty: sorted by all columns
};

// What is published but for the staging views, which are the raw tables under other names, and the
// partitions of what is exported whole.
std::vector<ExportedTable> tables_to_export(const assets::State& state,
                                            const dbt::Project& project);

std::string export_file(const ExportedTable& table, ExportFormat format, const std::string& folder);

// The export of a table as an asset: "export/fct_sessions", made of the table.
assets::Asset export_asset(const ExportedTable& table, ExportFormat format,
                           const std::string& folder);
// All exports that are on record, as assets.
std::vector<assets::Asset> recorded_exports(const assets::State& state);

// Why the file must be written; nothing where it holds what is published. `versions` are the data
// versions of what is published.
std::optional<std::string> export_reason(const assets::Asset& asset, const std::string& file,
                                         const assets::Versions& versions,
                                         const assets::State& state);

// Writes folder/NAME.FORMAT, sorted by key: the same bytes for the same rows, whatever the number
// of threads. Each file appears whole or not at all. Returns the rows.
std::int64_t export_table(duck::Connection& connection, const ExportedTable& table,
                          ExportFormat format, const std::string& folder);

// Writes folder/provenance.json.
void export_provenance(duck::Connection& connection, const std::string& folder);

}  // namespace gsa::pipeline
