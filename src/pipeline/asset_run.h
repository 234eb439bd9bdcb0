#pragma once

// Makes assets, asks their checks and publishes: what `gsa run`, `build` and `test` share.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "assets/plan.h"
#include "assets/publication.h"
#include "assets/recorder.h"
#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"
#include "pipeline/asset_catalog.h"
#include "pipeline/raw_assets.h"
#include "pipeline/run_options.h"

namespace gsa::pipeline {

class DbtArtifacts;
class RunAudience;

// All that decides what a run does.
struct AssetRun {
  std::string command;  // "run"
  std::string options;  // the command line, for the records
  const CommonOptions& common;
  const RecordOptions& record;
  const dbt::Project& project;
  const Catalog& catalog;
  const assets::State& state;
  const assets::Plan& plan;
  const assets::Versions& sources;  // data versions of what is only read
  RawAssets* raw = nullptr;         // makes the raw tables; null where they are only read
  bool full_refresh = false;        // incremental models are built anew
  bool complete = true;             // what the graph no longer has goes
  std::string baseline;             // see ops.runs
  RunAudience* audience = nullptr;  // who else is told; null: nobody
  // Of a run that is on record already, of which the audience was told; null: it begins here.
  assets::Recorder* recorder = nullptr;
  std::stop_token stop = {};  // ends the run; one that cannot be asked: that of the invocation
  DbtArtifacts* artifacts = nullptr;  // notes how each node ends; null: nobody does
};

// Opens the warehouse as `access` says, waiting for others where that was asked for. Where all
// tables have few rows, DuckDB keeps no memory and has one thread: they cannot be shared among
// more, which would look for work all the time and take the cores from the lanes of the run.
duck::Database open_for_run(CommonOptions common, const RecordOptions& record,
                            assets::Access access, bool few_rows = false);

// Where there is no warehouse yet, an empty one in memory.
duck::Database open_or_in_memory(const CommonOptions& common, const RecordOptions& record,
                                 assets::Access access);
// Opens it for a command that only reads, but for the records; these need the right to write, and
// where it is not to be had, `writable` is false.
duck::Database open_for_records(const CommonOptions& common, const RecordOptions& record,
                                bool& writable);

// What `--select`, `--exclude` and `--selector` stand for, or else the project's default selector;
// `stale` is the word for what `plan` would make. Nothing where there is none of these. Tests are
// by name of check.
struct Selection {
  std::set<std::string> assets;
  std::set<std::string> checks;
  bool by_default = false;            // by the default selector
  std::vector<std::string> warnings;  // of what selects nothing

  bool is_empty() const { return assets.empty() && checks.empty(); }
};
// Prints the warnings to stderr.
void print_warnings(const Selection& selection, const CommonOptions& common);
std::optional<Selection> select_assets(const ProjectOptions& options, const dbt::Project& project,
                                       const Catalog& catalog, const assets::Plan& plan);
// The plan of making exactly that.
assets::Plan plan_selection(const Selection& selection, const Catalog& catalog,
                            const assets::State& state, assets::PlanOptions options);

// Data versions of what the graph only reads, by reading it; but of raw tables as they are on
// record where `trusts_records` and they have as many rows as they say.
assets::Versions versions_of_sources(duck::Connection& connection, const Catalog& catalog,
                                     const assets::State& state, bool trusts_records);

// "Nothing is stale: 12 assets are up to date"
std::string fresh_line(const assets::Plan& plan);
// "dim_users: its SQL changed", a line for each reason, with the number of assets before them. What
// is only behind others, and stale if these come out otherwise, is one line unless `all`.
std::vector<std::string> plan_lines(const assets::Plan& plan, bool all);

// Runs it and publishes, with `provenance` completed from the raw tables that were made. Throws
// Error where something failed: nothing that is published has changed then, but where only checks
// failed what they do not concern is published. Ctrl-C included, all is on record.
void run_assets(const duck::Database& database, const AssetRun& run, assets::Provenance provenance);

// Asks the checks of the plan and changes nothing; throws as run_assets. `recorded` is false where
// the warehouse may not be written.
void ask_checks(const duck::Database& database, const AssetRun& run, bool recorded);

}  // namespace gsa::pipeline
