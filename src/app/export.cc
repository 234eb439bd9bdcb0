#include "app/export.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "app/output_file.h"
#include "assets/warehouse.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace gsa::app {
namespace {

namespace fs = std::filesystem;

// Rows of a Parquet row group; fixed, so that files do not depend on the engine's default.
constexpr int kRowGroupRows = 122880;

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

std::vector<ExportedTable> tables_to_export(duck::Connection& connection,
                                            const dbt::Project& project) {
  std::vector<ExportedTable> tables;
  for (const assets::PublishedRelation& relation : assets::published_relations(connection)) {
    if (is_staging(project, relation.name)) continue;
    tables.push_back({relation.schema, relation.name, project.unique_key_of(relation.name)});
  }
  if (tables.empty()) {
    throw Error("nothing is published in this warehouse yet", "make it with: gsa run");
  }
  return tables;
}

std::int64_t export_table(duck::Connection& connection, const ExportedTable& table,
                          ExportFormat format, const std::string& folder) {
  const bool parquet = format == ExportFormat::parquet;
  OutputFile file((fs::path(folder) / (table.name + (parquet ? ".parquet" : ".csv"))).string());
  const duck::Result result = connection.query(fmt::format(
      "copy (select * from {}.{} order by {}) to {} ({})", sql_name(table.schema),
      sql_name(table.name), order_of(table), sql_quote(file.part()),
      parquet ? fmt::format("format parquet, compression zstd, row_group_size {}", kRowGroupRows)
              : "format csv, header"));
  file.keep();
  return result.rows_changed();
}

void export_provenance(duck::Connection& connection, const std::string& folder) {
  // Without the time of publication: the same run gives the same files.
  const duck::Result row = connection.query(
      "select to_json(p)::varchar from (select * exclude (published_at, raw_fingerprint) "
      "from ops.provenance) p");
  write_file(fs::path(folder) / "provenance.json", row.text(0, 0) + "\n");
}

}  // namespace gsa::app
