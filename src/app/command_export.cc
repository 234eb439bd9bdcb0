#include <chrono>
#include <filesystem>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "app/option_values.h"
#include "app/options.h"
#include "app/query_watch.h"
#include "assets/plan.h"
#include "assets/recorder.h"
#include "assets/state.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "pipeline/asset_run.h"
#include "pipeline/export.h"
#include "pipeline/open_project.h"

namespace gsa::app {
namespace {

struct ExportOptions {
  pipeline::CommonOptions common;
  pipeline::ProjectOptions project;
  pipeline::RecordOptions record;
  std::string folder;
  pipeline::ExportFormat format = pipeline::ExportFormat::parquet;
  bool full_refresh = false;
  std::vector<assets::RunOption> given;
};

class Exporter {
 public:
  Exporter(const ExportOptions& options, const duck::Database& database, bool recorded)
      : options_(options),
        connection_(database.connect()),
        state_(assets::read_state(connection_)),
        folder_(options.common.invocation().path(options.folder)),
        watch_(connection_, options.common.invocation(), !options.common.quiet) {
    for (const assets::PublishedRelation& relation : state_.shown) {
      assets::Asset asset;
      asset.name = relation.unit.asset;
      if (!relation.unit.partition.empty()) continue;
      const auto made = state_.published.find({asset.name, ""});
      versions_[asset.name] =
          made == state_.published.end() ? whole_version(asset.name) : made->second.data_version;
    }
    if (recorded) {
      recorder_ = std::make_unique<assets::Recorder>(
          database, assets::RunHeader{"export", options.given, "export",
                                      options.common.warehouse.threads, GSA_VERSION});
    }
  }

  void run(const dbt::Project& project) {
    const std::vector<pipeline::ExportedTable> tables =
        pipeline::tables_to_export(state_, project, options_.format);
    make_folder(folder_);
    try {
      for (const pipeline::ExportedTable& table : tables) write(table);
      pipeline::export_provenance(connection_, folder_);
    } catch (const Error& error) {
      totals_.status = assets::status_after(&error);
      totals_.message = error.message();
      end_after_failure();
      throw;
    }
    totals_.status = assets::RunStatus::success;
    totals_.published = true;
    if (recorder_) recorder_->end(totals_, options_.record.history_days);
  }

 private:
  // Best effort: the cause of the failure may prevent this too.
  void end_after_failure() {
    try {
      if (recorder_) recorder_->end(totals_, options_.record.history_days);
    } catch (const Error&) {
      return;
    }
  }

  // For an asset with partitions.
  std::string whole_version(const std::string& name) const {
    assets::Asset asset;
    asset.name = name;
    for (const auto& [unit, made] : state_.published) {
      if (unit.asset == name) asset.partitions.push_back(unit.partition);
    }
    return assets::published_version(asset, state_).value_or("");
  }

  void write(const pipeline::ExportedTable& table) {
    const assets::Asset asset = pipeline::export_asset(table, options_.format, folder_);
    const std::string file = pipeline::export_file(table, options_.format, folder_);
    const auto reason = options_.full_refresh
                            ? std::optional<std::string>("--full-refresh")
                            : pipeline::export_reason(asset, file, versions_, state_);
    if (!reason) {
      ++totals_.fresh;
      if (!options_.common.quiet) watch_.log(fmt::format("{:<24} is up to date", table.name));
      return;
    }
    const auto begun = std::chrono::system_clock::now();
    const Stopwatch stopwatch;
    watch_.begin("export " + table.name, 0);
    const std::int64_t rows = pipeline::export_table(connection_, table, options_.format, folder_);
    watch_.end();
    ++totals_.made;
    if (!options_.common.quiet) {
      watch_.log(fmt::format("{:<24} {:>12} rows", table.name, with_thousands(rows)));
    }
    if (recorder_) record(asset, file, *reason, rows, begun, stopwatch.seconds());
  }

  void record(const assets::Asset& asset, const std::string& file, const std::string& reason,
              std::int64_t rows, assets::WallTime begun, double seconds) {
    assets::Materialization made;
    made.unit = {asset.name, ""};
    made.rows = rows;
    made.bytes = static_cast<std::int64_t>(std::filesystem::file_size(file));
    made.seconds = seconds;
    made.code_version = assets::code_version_of(asset.code);
    for (const std::string& input : asset.inputs) made.inputs[input] = versions_[input];
    made.data_version = assets::code_version_of(made.inputs);
    made.reason = reason;
    made.metadata = {{"file", asset.file}};
    made.published = true;
    recorder_->materialization(made, asset.code);
    assets::StepRecord step;
    step.step = totals_.made;
    step.name = step.asset = asset.name;
    step.kind = "asset";
    step.status = assets::StepStatus::success;
    step.reason = reason;
    step.lane = 1;
    step.started_at = begun;
    step.ended_at = std::chrono::system_clock::now();
    step.seconds = seconds;
    step.rows = rows;
    recorder_->step(step);
  }

  const ExportOptions& options_;
  duck::Connection connection_;
  assets::State state_;
  std::string folder_;  // destination of the files
  QueryWatch watch_;
  assets::Versions versions_;  // of the published assets
  std::unique_ptr<assets::Recorder> recorder_;
  assets::RunTotals totals_;
};

int run_export(const ExportOptions& options) {
  const dbt::Project project = pipeline::load_project(options.project, options.common.invocation(),
                                                      options.common.warehouse.path);
  bool writable = false;
  const duck::Database database =
      pipeline::open_for_records(options.common, options.record, writable);
  try {
    Exporter(options, database, writable).run(project);
  } catch (const Error& error) {
    assets::end_broken_run(database, error);
    throw;
  }
  return 0;
}

}  // namespace

void add_export(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<ExportOptions>();
  options->common.host = &gsa.host;
  CLI::App* command =
      add_command(gsa.app, "export", "Write every published table to a folder, sorted by its key",
                  "  gsa export out\n  gsa export out --format csv\n"
                  "  gsa export lake --format portable   for Spark, Trino and others",
                  options->common);
  command->add_option("folder", options->folder, "Where to write DIR/TABLE.FORMAT")
      ->required()
      ->check(not_empty())
      ->type_name("DIR");
  const std::map<std::string, pipeline::ExportFormat> formats = {
      {"parquet", pipeline::ExportFormat::parquet},
      {"csv", pipeline::ExportFormat::csv},
      {"portable", pipeline::ExportFormat::portable}};
  add_choice(*command, "--format", options->format, formats,
             "parquet (default), csv, or portable: Parquet in types that every engine reads")
      ->type_name("FORMAT");
  command
      ->add_option("--project", options->project.folder,
                   "The dbt project that made the tables (default: the built-in one)")
      ->type_name("DIR");
  add_record_options(*command, options->record, gsa.host.invocation().environment);
  command->add_flag("--full-refresh", options->full_refresh,
                    "Write every file, also those that hold what is published");
  command->callback([command, options, &action] {
    options->given = given_options(*command);
    action = [options] { return run_export(*options); };
  });
}

}  // namespace gsa::app
