#include "pipeline/pipeline_run.h"

#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "assets/plan.h"
#include "assets/state.h"
#include "assets/warehouse.h"
#include "base/error.h"
#include "base/text.h"
#include "pipeline/asset_catalog.h"
#include "pipeline/asset_run.h"
#include "pipeline/dbt_artifacts.h"
#include "pipeline/fetch_progress.h"
#include "pipeline/open_project.h"
#include "pipeline/semantic_record.h"
#include "prompts/resolve.h"

namespace gsa::pipeline {
namespace {

// Sets the months of the run: the requested ones and, if compatible, the published ones. Returns
// the published months that the run drops.
std::vector<sim::Period> choose_months(const PipelineOptions& options, const assets::State& state,
                                       RawAssets& raw, RawOptions& raw_options) {
  std::vector<sim::Period> published = published_months(state);
  if (raw.behavior() != Behavior::simulated) return published;
  std::vector<sim::Period>& months = raw_options.simulation.months;
  if (options.months.empty()) {
    months = published.empty() ? std::vector{sim::kAnchor} : published;
    return {};
  }
  months = options.months;
  if (published.empty()) return {};
  if (fits_published(raw.assets(), state)) {
    months.insert(months.end(), published.begin(), published.end());
    std::sort(months.begin(), months.end());
    months.erase(std::unique(months.begin(), months.end()), months.end());
    return {};
  }
  std::vector<sim::Period> dropped;
  std::set_difference(published.begin(), published.end(), months.begin(), months.end(),
                      std::back_inserter(dropped));
  return dropped;
}

// A publication must not mix models of two different sets of raw tables.
void require_raw_tables(const assets::Plan& plan, const assets::State& state,
                        const Selection& selection) {
  for (const assets::PlannedUnit& planned : plan.units) {
    if (!is_raw_table(planned.unit.asset) || !planned.reason ||
        selection.assets.contains(planned.unit.asset)) {
      continue;
    }
    if (state.published.empty()) {
      throw Error(
          "nothing is published in this warehouse yet, so there is nothing to add selected models "
          "to",
          "run once without --select and --exclude");
    }
    throw Error(fmt::format("the data would be made anew, so all models must be ({}: {})",
                            to_string(planned.unit), *planned.reason),
                "leave out --select and --exclude, or give the options of the published run: gsa "
                "summary shows them");
  }
}

// The project's default selector applies to models only; stale raw tables are built regardless.
void add_stale_raw_tables(const assets::Plan& plan, Selection& selection) {
  for (const std::string& name : plan.stale()) {
    if (is_raw_table(name)) selection.assets.insert(name);
  }
}

assets::PlanOptions plan_options(const PipelineOptions& options, const RawAssets& raw) {
  assets::PlanOptions plan;
  plan.full_refresh = options.full_refresh;
  for (const sim::Period& month : options.months) plan.refreshed.insert(month.name());
  plan.together = raw.together();
  return plan;
}

assets::Provenance provenance_of(const PipelineOptions& options, const RawOptions& raw,
                                 Behavior behavior, const prompts::ResolvedSources& sources) {
  assets::Provenance provenance;
  provenance.source_reason = sources.reason;
  provenance.seed = raw.simulation.seed;
  provenance.behavior = name_of(behavior);
  provenance.project = describe_project(options.project);
  if (behavior == Behavior::simulated) provenance.period = describe(raw.simulation.months);
  return provenance;
}

// Only synthetic prompts and the built-in project qualify: files may have more rows than a run
// takes from them, and custom projects may read more.
bool has_few_rows(const PipelineOptions& options, const prompts::ResolvedSources& sources) {
  constexpr std::int64_t kFewPrompts = 20'000;
  const auto months = std::max<std::int64_t>(1, std::ssize(options.months));
  return sources.is_synthetic() && options.project.folder.empty() &&
         options.raw.prompts <= kFewPrompts / months;
}

}  // namespace

PipelinePlan::PipelinePlan(const PipelineOptions& options, const dbt::Project& project,
                           const prompts::ResolvedSources& sources, const duck::Database& database,
                           remote::Target* target, bool only_plans)
    : remote(target), raw_options(options.raw), raw(raw_options, sources, database) {
  refuse_simulated_options(options.given, raw.behavior());
  duck::Connection connection = database.connect();
  state = assets::read_state(connection);
  if (remote != nullptr) remote->open(state, !only_plans);
  dropped_months = choose_months(options, state, raw, raw_options);
  if (!dropped_months.empty()) {
    options.common.note(
        fmt::format("dropping {}: made with different options", describe(dropped_months)));
  }
  catalog =
      make_catalog(project, raw.assets(), OutsideVersions(project, state, connection), remote);
  leave_out_built_in_unit_tests(catalog, project);
  planning = plan_options(options, raw);
  planning.sources = versions_of_sources(connection, catalog, state, true);
  plan = assets::make_plan(catalog.graph, catalog.checks, state, planning);
  selection = select_assets(options.project, project, catalog, plan);
  if (selection) {
    if (selection->by_default) {
      add_stale_raw_tables(plan, *selection);
    } else if (!selection->is_empty()) {
      require_raw_tables(plan, state, *selection);
    }
    plan = plan_selection(*selection, catalog, state, planning);
  }
}

AssetRun PipelinePlan::run(const PipelineOptions& options, const dbt::Project& project) {
  AssetRun run{"run",
               options.given,
               options.common,
               options.record,
               project,
               catalog,
               state,
               plan,
               planning.sources,
               &raw,
               options.full_refresh,
               !selection,
               raw.baseline()};
  run.remote = remote;
  return run;
}

PipelineRun run_pipeline(const PipelineOptions& options) {
  // Loads the project while the prompts are resolved and the file is opened, and reports its errors
  // before anything is downloaded or built.
  const std::shared_future<std::shared_ptr<const dbt::Project>> project =
      std::async(std::launch::async, [&options] {
        return std::make_shared<const dbt::Project>(load_project(
            options.project, options.common.invocation(), options.common.warehouse.path));
      });
  // Before locking the warehouse, because a download may take minutes.
  const Invocation& invocation = options.common.invocation();
  FetchProgress download("downloading", invocation, options.common.quiet);
  hub::FetchEvents events = download.events();
  events.progress = [&project, show = events.progress](std::int64_t done, std::int64_t total) {
    project.get();
    show(done, total);
  };
  const prompts::ResolvedSources sources =
      prompts::resolve(options.raw.sources, invocation, events);
  download.finish();
  CommonOptions common = options.common;
  common.warehouse.confirm_new = [&project] { project.get(); };
  duck::Database database =
      open_for_run(common, options.record, assets::Access::write, has_few_rows(options, sources));
  if (!options.common.quiet) print_warnings(*project.get(), options.common);
  try {
    const bool made = run_pipeline(options, *project.get(), sources, database);
    return {database, made};
  } catch (const Error& error) {
    assets::end_broken_run(database, error);
    throw;
  }
}

bool run_pipeline(const PipelineOptions& options, const dbt::Project& project,
                  const prompts::ResolvedSources& sources, const duck::Database& database,
                  const RunControl& control) {
  if (!sources.reason.empty()) {
    options.common.note(fmt::format(
        "{}: {}", sources.name.empty() ? "the prompts are synthetic" : "the prompts are real",
        sources.reason));
  }
  const std::unique_ptr<remote::Target> remote =
      load_remote(options.project, project, options.common);
  PipelinePlan planned(options, project, sources, database, remote.get());
  DbtArtifacts artifacts("run", options.project, project, options.common);
  artifacts.begin(planned.state, options.full_refresh);
  if (planned.selection && !options.common.quiet)
    print_warnings(*planned.selection, options.common);
  const assets::Provenance provenance =
      provenance_of(options, planned.raw_options, planned.raw.behavior(), sources);
  if (planned.plan.is_empty()) {
    const bool is_nothing = planned.selection && planned.selection->is_empty();
    if (!options.common.quiet) {
      fmt::print(options.common.err(), "{}\n",
                 is_nothing ? "Nothing to do: nothing is selected" : fresh_line(planned.plan));
    }
    duck::Connection connection = database.connect();
    assets::restate_provenance(connection, provenance.source_reason, provenance.project);
    restate_semantic_record(connection, project);
    artifacts.write(database);
    return false;
  }
  AssetRun run = planned.run(options, project);
  run.audience = control.audience;
  run.stop = control.stop;
  run.recorder = control.recorder;
  run.artifacts = &artifacts;
  artifacts.write_after(database, [&] { run_assets(database, run, provenance); });
  return true;
}

}  // namespace gsa::pipeline
