#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/dbt_artifacts.h"
#include "app/fetch_progress.h"
#include "app/model_lineage.h"
#include "app/options.h"
#include "app/pipeline.h"
#include "app/plan_diff.h"
#include "app/project.h"
#include "assets/warehouse.h"
#include "base/invocation.h"
#include "base/terminal.h"
#include "base/text.h"

namespace gsa::app {
namespace {

struct PlanCommandOptions {
  PipelineOptions pipeline;
  bool diff = false;
};

void print_checks(const PipelinePlan& planned) {
  std::int64_t due = 0;
  for (const bool is_due : planned.plan.checks_due) due += is_due ? 1 : 0;
  if (due > 0) fmt::print(out_stream(), "{} to ask\n", counted(due, "check", "checks"));
}

// Models whose own SQL changed; what is only downstream of them is seen through the columns.
std::set<std::string> changed_models(const PipelinePlan& planned) {
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

std::string describe(const Impact& impact) {
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

void print_impact(const PipelinePlan& planned, const dbt::Project& project,
                  duck::Connection& connection) {
  const std::set<std::string> changed = changed_models(planned);
  if (changed.empty()) return;
  const auto impacts =
      impact_of_changes(project, planned.catalog, planned.state, changed, connection);
  if (impacts.empty()) return;
  fmt::print(out_stream(), "\nColumns that are touched\n");
  for (const std::size_t index : planned.catalog.graph.order()) {
    const auto impact = impacts.find(planned.catalog.graph[index].name);
    if (impact == impacts.end()) continue;
    fmt::print(out_stream(), "  {}: {}\n", impact->first, describe(impact->second));
  }
}

void print_diffs(const std::vector<RowDiff>& diffs) {
  fmt::print(out_stream(), "\nRows that would change\n");
  if (diffs.empty()) fmt::print(out_stream(), "  none\n");
  for (const RowDiff& diff : diffs) {
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
    fmt::print(out_stream(), "  {}{}: {} (rows {} → {})\n", diff.asset,
               diff.key.empty() ? "" : fmt::format(" by {}", join(diff.key, ", ")),
               join(parts, ", "), with_thousands(diff.rows_before),
               with_thousands(diff.rows_after));
    for (const std::string& example : diff.examples) fmt::print(out_stream(), "    {}\n", example);
  }
}

// A plan alone changes nothing, so that it reads where it may.
assets::Access access_for(const PlanCommandOptions& options) {
  return options.diff ? assets::Access::write : assets::Access::read;
}

void plan(const PlanCommandOptions& options) {
  const PipelineOptions& pipeline = options.pipeline;
  const dbt::Project project = load_project(pipeline.project, pipeline.common.warehouse.path);
  if (!pipeline.common.quiet) print_warnings(project);
  FetchProgress download("downloading", pipeline.common.quiet);
  const prompts::ResolvedSources sources =
      prompts::resolve(pipeline.raw.sources, download.events());
  download.finish();
  const duck::Database database =
      open_or_in_memory(pipeline.common, pipeline.record, access_for(options));
  PipelinePlan planned(pipeline, project, sources, database);
  DbtArtifacts artifacts("plan", pipeline.project, project, pipeline.common);
  artifacts.begin(planned.state, pipeline.full_refresh);
  artifacts.write_manifest(database);
  if (planned.plan.is_empty()) {
    fmt::print(out_stream(), "Nothing is stale: {} up to date\n",
               counted(std::ssize(planned.plan.units), "asset is", "assets are"));
    return;
  }
  for (const std::string& line : plan_lines(planned.plan, true))
    fmt::print(out_stream(), "{}\n", line);
  print_checks(planned);
  duck::Connection connection = database.connect();
  print_impact(planned, project, connection);
  if (options.diff) print_diffs(diff_assets(database, planned.run(pipeline, project)));
}

}  // namespace

void add_plan(CLI::App& app, Action& action) {
  const auto options = std::make_shared<PlanCommandOptions>();
  CLI::App* command = add_command(
      app, "plan", "Show what gsa run would make and why, and which columns a change touches",
      "  gsa plan\n"
      "  gsa plan --vars '{session_gap_minutes: 15}' --diff\n"
      "  gsa plan --project models --select stale+",
      options->pipeline.common);
  add_pipeline_options(*command, options->pipeline);
  command->add_flag("--diff", options->diff,
                    "Make it out of sight and show which rows would be added, removed and changed");
  command->add_flag("--wait", options->pipeline.record.wait,
                    "Wait for another process that has the warehouse, instead of refusing");
  command->callback([command, options, &action] {
    finish_pipeline_options(*command, options->pipeline);
    action = [options] {
      plan(*options);
      return 0;
    };
  });
}

}  // namespace gsa::app
