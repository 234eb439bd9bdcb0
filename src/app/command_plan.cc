#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/run_flags.h"
#include "assets/warehouse.h"
#include "base/terminal.h"
#include "base/text.h"
#include "pipeline/dbt_artifacts.h"
#include "pipeline/fetch_progress.h"
#include "pipeline/model_lineage.h"
#include "pipeline/open_project.h"
#include "pipeline/pipeline_run.h"
#include "pipeline/plan_diff.h"

namespace gsa::app {
namespace {

struct PlanCommandOptions {
  RunFlags flags;
  bool diff = false;
};

void print_checks(const pipeline::PipelinePlan& planned, std::FILE* out) {
  std::int64_t due = 0;
  for (const bool is_due : planned.plan.checks_due) due += is_due ? 1 : 0;
  if (due > 0) fmt::print(out, "{} to ask\n", counted(due, "check", "checks"));
}

// Models whose own SQL changed; the effect on downstream models follows from the columns.
std::set<std::string> changed_models(const pipeline::PipelinePlan& planned) {
  std::set<std::string> changed;
  for (const assets::PlannedUnit& unit : planned.plan.units) {
    const auto published = planned.state.published.find(unit.unit);
    if (!unit.reason || published == planned.state.published.end()) continue;
    const assets::Asset& asset = planned.catalog.graph[planned.catalog.graph.at(unit.unit.asset)];
    if (published->second.code_version != assets::code_version_of(asset.code)) {
      changed.insert(asset.name);
    }
  }
  return changed;
}

std::string describe(const pipeline::Impact& impact) {
  std::vector<std::string> parts;
  const auto add = [&](const char* what, const std::set<std::string>& columns) {
    if (columns.empty()) return;
    parts.push_back(fmt::format("{} {}", what, join({columns.begin(), columns.end()}, ", ")));
  };
  if (impact.rows) parts.emplace_back("which rows there are, hence every column");
  add("adds", impact.added);
  add("removes", impact.removed);
  if (!impact.rows) add("changes", impact.changed);
  return join(parts, "; ");
}

void print_impact(const pipeline::PipelinePlan& planned, const dbt::Project& project,
                  duck::Connection& connection, std::FILE* out) {
  const std::set<std::string> changed = changed_models(planned);
  if (changed.empty()) return;
  const auto impacts =
      pipeline::impact_of_changes(project, planned.catalog, planned.state, changed, connection);
  if (impacts.empty()) return;
  fmt::print(out, "\nColumns that are touched\n");
  for (const std::size_t index : planned.catalog.graph.order()) {
    const auto impact = impacts.find(planned.catalog.graph[index].name);
    if (impact == impacts.end()) continue;
    fmt::print(out, "  {}: {}\n", impact->first, describe(impact->second));
  }
}

void print_diffs(const std::vector<pipeline::RowDiff>& diffs, std::FILE* out) {
  fmt::print(out, "\nRows that would change\n");
  if (diffs.empty()) fmt::print(out, "  none\n");
  for (const pipeline::RowDiff& diff : diffs) {
    std::vector<std::string> parts;
    if (diff.is_new) parts.emplace_back("new");
    if (diff.added > 0) parts.push_back(with_thousands(diff.added) + " added");
    if (diff.removed > 0) parts.push_back(with_thousands(diff.removed) + " removed");
    if (diff.changed > 0) parts.push_back(with_thousands(diff.changed) + " changed");
    if (!diff.columns_added.empty()) {
      parts.push_back("new columns " + join(diff.columns_added, ", "));
    }
    if (!diff.columns_removed.empty()) {
      parts.push_back("without columns " + join(diff.columns_removed, ", "));
    }
    fmt::print(out, "  {}{}: {} (rows {} → {})\n", diff.asset,
               diff.key.empty() ? "" : fmt::format(" by {}", join(diff.key, ", ")),
               join(parts, ", "), with_thousands(diff.rows_before),
               with_thousands(diff.rows_after));
    for (const std::string& example : diff.examples) fmt::print(out, "    {}\n", example);
  }
}

// A plan alone changes nothing, so read access is enough.
assets::Access access_for(const PlanCommandOptions& options) {
  return options.diff ? assets::Access::write : assets::Access::read;
}

void plan(const PlanCommandOptions& options) {
  const pipeline::PipelineOptions& run = options.flags.options;
  const Invocation& invocation = run.common.invocation();
  std::FILE* out = run.common.out();
  const dbt::Project project =
      pipeline::load_project(run.project, invocation, run.common.warehouse.path);
  if (!run.common.quiet) pipeline::print_warnings(project, run.common);
  pipeline::FetchProgress download("downloading", invocation, run.common.quiet);
  const prompts::ResolvedSources sources =
      prompts::resolve(run.raw.sources, invocation, download.events());
  download.finish();
  const duck::Database database =
      pipeline::open_or_in_memory(run.common, run.record, access_for(options));
  const std::unique_ptr<remote::Target> remote =
      pipeline::load_remote(run.project, project, run.common);
  pipeline::PipelinePlan planned(run, project, sources, database, remote.get(), true);
  pipeline::DbtArtifacts artifacts("plan", run.project, project, run.common);
  artifacts.begin(planned.state, run.full_refresh);
  artifacts.write_manifest(database);
  if (planned.plan.is_empty()) {
    fmt::print(out, "Nothing is stale: {} up to date\n",
               counted(std::ssize(planned.plan.units), "asset is", "assets are"));
    return;
  }
  for (const std::string& line : pipeline::plan_lines(planned.plan, true))
    fmt::print(out, "{}\n", line);
  print_checks(planned, out);
  duck::Connection connection = database.connect();
  print_impact(planned, project, connection, out);
  if (options.diff) {
    print_diffs(pipeline::diff_assets(database, planned.run(run, project)), out);
  }
}

}  // namespace

void add_plan(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<PlanCommandOptions>();
  options->flags.options.common.host = &gsa.host;
  CLI::App* command = add_command(
      gsa.app, "plan", "Show what gsa run would make and why, and which columns a change touches",
      "  gsa plan\n"
      "  gsa plan --vars '{session_gap_minutes: 15}' --diff\n"
      "  gsa plan --project models --select stale+",
      options->flags.options.common);
  add_run_flags(*command, options->flags);
  command->add_flag("--diff", options->diff,
                    "Make it out of sight and show which rows would be added, removed and changed");
  command->add_flag("--wait", options->flags.options.record.wait,
                    "Wait for another process that has the warehouse, instead of refusing");
  command->callback([command, options, &action] {
    finish_run_flags(*command, options->flags);
    action = [options] {
      plan(*options);
      return 0;
    };
  });
}

}  // namespace gsa::app
