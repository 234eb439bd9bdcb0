#include <map>
#include <memory>

#include <fmt/format.h>

#include "app/export.h"
#include "app/option_values.h"
#include "app/options.h"
#include "app/project.h"
#include "app/query_watch.h"
#include "base/file.h"
#include "base/text.h"

namespace gsa::app {
namespace {

struct ExportOptions {
  CommonOptions common;
  ProjectOptions project;
  std::string folder;
  ExportFormat format = ExportFormat::parquet;
};

int run_export(const ExportOptions& options) {
  const dbt::Project project = load_project(options.project);
  const duck::Database database =
      assets::open_warehouse(options.common.warehouse, assets::Access::read);
  duck::Connection connection = database.connect();
  const std::vector<ExportedTable> tables = tables_to_export(connection, project);
  make_folder(options.folder);
  QueryWatch watch(connection, !options.common.quiet);
  for (const ExportedTable& table : tables) {
    watch.begin("export " + table.name, 0);
    const std::int64_t rows = export_table(connection, table, options.format, options.folder);
    watch.end();
    if (!options.common.quiet) {
      watch.log(fmt::format("{:<24} {:>12} rows", table.name, with_thousands(rows)));
    }
  }
  export_provenance(connection, options.folder);
  return 0;
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App* command =
      add_command(app, "export", "Write every published table to a folder, sorted by its key",
                  "  gsa export out\n  gsa export out --format csv", options->common);
  command->add_option("folder", options->folder, "Where to write DIR/TABLE.FORMAT")
      ->required()
      ->check(not_empty())
      ->type_name("DIR");
  const std::map<std::string, ExportFormat> formats = {{"parquet", ExportFormat::parquet},
                                                       {"csv", ExportFormat::csv}};
  command->add_option("--format", options->format, "parquet or csv (default: parquet)")
      ->transform(one_of(formats))
      ->type_name("FORMAT");
  command
      ->add_option("--project", options->project.folder,
                   "The dbt project that made the tables (default: the built-in one)")
      ->type_name("DIR");
  command->callback([options, &action] { action = [options] { return run_export(*options); }; });
}

}  // namespace gsa::app
