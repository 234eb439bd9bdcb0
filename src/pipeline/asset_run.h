#pragma once

// Builds assets, runs their checks and publishes: the common part of `gsa run`, `build` and `test`.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "assets/plan.h"
#include "assets/publication.h"
#include "assets/recorder.h"
#include "assets/run_records.h"
#include "assets/state.h"
#include "dbt/project.h"
#include "duck/database.h"
#include "pipeline/asset_catalog.h"
#include "pipeline/raw_assets.h"
#include "pipeline/run_options.h"

namespace gsa::remote {
class Target;
}

namespace gsa::pipeline {

class DbtArtifacts;
class RunAudience;

// Everything that decides what a run does. Holds references; all of them must outlive the run.
struct AssetRun {
  std::string command;                     // "run"
  std::vector<assets::RunOption> options;  // as they were given, for the records
  const CommonOptions& common;
  const RecordOptions& record;
  const dbt::Project& project;
  const Catalog& catalog;
  const assets::State& state;
  const assets::Plan& plan;
  const assets::Versions& sources;  // data versions of relations that are only read
  RawMaker* raw = nullptr;          // builds the raw tables; null if they are only read
  bool full_refresh = false;        // rebuild incremental models from scratch
  bool complete = true;             // drop what the graph no longer has
  std::string baseline;             // see ops.runs
  RunAudience* audience = nullptr;  // further listener; null: the host's, if any
  // Recorder of a run whose begin is on record and reported to the audience; null: the run begins
  // here.
  assets::Recorder* recorder = nullptr;
  std::stop_token stop = {};  // ends the run; if it has no state, the invocation's stop does
  // Publishes nothing if a published asset would stay as it is because of a failure.
  bool whole = false;
  std::vector<std::string> statements = {};  // further SQL in the publication's transaction
  DbtArtifacts* artifacts = nullptr;         // records the result of each node; may be null
  remote::Target* remote = nullptr;          // makes the models in the place of DuckDB; may be null
};

// Opens the warehouse with this access; with --wait, waits for other processes. If all tables have
// few rows, DuckDB keeps no memory and has one thread: more threads cannot share such small work,
// and would only take cores from the workers by looking for it.
duck::Database open_for_run(CommonOptions common, const RecordOptions& record,
                            assets::Access access, bool few_rows = false);

// The same, or an empty database in memory if there is no warehouse yet.
duck::Database open_or_in_memory(const CommonOptions& common, const RecordOptions& record,
                                 assets::Access access);
// Opens the warehouse for a command that writes nothing but records. `writable` becomes false if
// this process cannot write it; then there are no records.
duck::Database open_for_records(const CommonOptions& common, const RecordOptions& record,
                                bool& writable);

// The assets and checks that `--select`, `--exclude` and `--selector` choose, or else the project's
// default selector; `plan` decides which assets match "stale". Nullopt if none of these is given.
// Tests are listed by name of check.
struct Selection {
  std::set<std::string> assets;
  std::set<std::string> checks;
  bool by_default = false;            // chosen by the default selector
  std::vector<std::string> warnings;  // about terms that match nothing

  bool is_empty() const { return assets.empty() && checks.empty(); }
};
// Prints the warnings to stderr.
void print_warnings(const Selection& selection, const CommonOptions& common);
std::optional<Selection> select_assets(const ProjectOptions& options, const dbt::Project& project,
                                       const Catalog& catalog, const assets::Plan& plan);
// The plan that builds exactly the selection.
assets::Plan plan_selection(const Selection& selection, const Catalog& catalog,
                            const assets::State& state, assets::PlanOptions options);

// Data versions of the relations that the graph only reads, computed by reading them. If
// `trusts_records`, raw tables whose row counts match their records keep the version on record.
assets::Versions versions_of_sources(duck::Connection& connection, const Catalog& catalog,
                                     const assets::State& state, bool trusts_records);

// "Nothing is stale: 12 assets are up to date"
std::string fresh_line(const assets::Plan& plan);
// "dim_users: its SQL changed": one line per reason, after a line with the number of assets. Assets
// that only depend on others, and become stale only if those change, share one line unless `all`.
std::vector<std::string> plan_lines(const assets::Plan& plan, bool all);

// Runs the plan and publishes; completes `provenance` from the raw tables that were built. Throws
// Error if anything failed. If an asset failed, nothing published has changed; if only checks
// failed, assets that they do not concern are published. Records every outcome, also after Ctrl-C.
void run_assets(const duck::Database& database, const AssetRun& run, assets::Provenance provenance);

// Runs the checks of the plan and changes nothing; throws like run_assets(). Pass `recorded` as
// false if the warehouse cannot be written.
void ask_checks(const duck::Database& database, const AssetRun& run, bool recorded);

}  // namespace gsa::pipeline
