#pragma once

// The published tables as files that other tools read.

#include <string>
#include <vector>

#include "dbt/project.h"
#include "duck/database.h"

namespace gsa::app {

enum class ExportFormat { parquet, csv };

// A relation that is exported, and the columns its rows are sorted by.
struct ExportedTable {
  std::string schema;
  std::string name;
  std::vector<std::string> key;  // empty: sorted by all columns
};

// What is published but for the staging views, which are the raw tables under other names.
std::vector<ExportedTable> tables_to_export(duck::Connection& connection,
                                            const dbt::Project& project);

// Writes folder/NAME.FORMAT, sorted by key: the same bytes for the same rows, whatever the number
// of threads. Each file appears whole or not at all. Returns the rows.
std::int64_t export_table(duck::Connection& connection, const ExportedTable& table,
                          ExportFormat format, const std::string& folder);

// Writes folder/provenance.json.
void export_provenance(duck::Connection& connection, const std::string& folder);

}  // namespace gsa::app
