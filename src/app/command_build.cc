#include <algorithm>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/options.h"
#include "assets/state.h"
#include "assets/warehouse.h"
#include "base/error.h"
#include "base/text.h"
#include "pipeline/asset_catalog.h"
#include "pipeline/asset_run.h"
#include "pipeline/dbt_artifacts.h"
#include "pipeline/open_project.h"
#include "pipeline/semantic_record.h"

namespace gsa::app {
namespace {

std::string comma_list(const std::set<std::string>& names) {
  return join({names.begin(), names.end()}, ", ");
}

struct BuildOptions {
  pipeline::CommonOptions common;
  pipeline::ProjectOptions project;
  pipeline::RecordOptions record;
  bool full_refresh = false;
  std::vector<assets::RunOption> given;
};

// If no `gsa run` built the raw tables, only their size is known.
assets::Provenance provenance_of(duck::Connection& connection,
                                 const pipeline::ProjectOptions& project) {
  auto provenance = assets::read_provenance(connection);
  if (!provenance) {
    provenance.emplace();
    provenance->source = "raw tables of another origin";
    provenance->behavior = "unknown";
    provenance->period = "unknown";
  }
  provenance->project = pipeline::describe_project(project);
  return *provenance;
}

// This command only reads the raw tables.
pipeline::Catalog catalog_of(const dbt::Project& project, const assets::State& state,
                             duck::Connection& connection, remote::Target* remote) {
  std::vector<assets::Asset> raw = pipeline::published_raw_assets(state);
  for (assets::Asset& asset : raw) asset.kind = assets::AssetKind::source;
  return pipeline::make_catalog(project, std::move(raw),
                                pipeline::OutsideVersions(project, state, connection), remote);
}

// Direct inputs of the selection that the warehouse lacks: sources or models.
std::vector<std::string> missing_inputs(const pipeline::Catalog& catalog,
                                        const assets::State& state,
                                        const std::vector<std::string>& readers, bool sources) {
  std::set<std::string> missing;
  const auto look = [&](std::size_t index) {
    const assets::Asset& asset = catalog.graph[index];
    const bool is_source = asset.kind == assets::AssetKind::source;
    // A source of files is inlined into the SQL of its readers.
    if (is_source && asset.relation.empty()) return;
    if (is_source == sources && state.find(asset.schema, asset.relation) == nullptr) {
      missing.insert(asset.relation);
    }
  };
  for (const std::string& name : readers) {
    if (const auto index = catalog.graph.find(name)) {
      for (const std::size_t input : catalog.graph.made_inputs(*index)) look(input);
    }
  }
  return {missing.begin(), missing.end()};
}

void require_sources(const pipeline::Catalog& catalog, const assets::State& state,
                     const assets::Plan& plan) {
  const std::set<std::string> stale = plan.stale();
  const auto missing = missing_inputs(catalog, state, {stale.begin(), stale.end()}, true);
  if (missing.empty()) return;
  throw Error(
      fmt::format("the warehouse lacks the tables that the models read: {}", join(missing, ", ")),
      "make raw tables with: gsa run");
}

// Creates a new warehouse only for a project that needs no existing table.
void refuse_new_warehouse(const dbt::Project& project, const std::string& path) {
  std::set<std::string> read;
  for (const dbt::Node& node : project.nodes()) {
    const bool is_table = node.kind == dbt::NodeKind::source && node.external.empty();
    if (is_table && !node.children.empty()) read.insert(node.name);
  }
  if (read.empty()) return;
  throw Error(fmt::format("there is no warehouse at {}, and the project reads tables of it: {}",
                          path, comma_list(read)),
              "make raw tables with: gsa run");
}

void build(const BuildOptions& options, const dbt::Project& project, const duck::Database& database,
           pipeline::DbtArtifacts& artifacts) {
  duck::Connection connection = database.connect();
  assets::State state = assets::read_state(connection);
  const std::unique_ptr<remote::Target> remote =
      pipeline::load_remote(options.project, project, options.common);
  if (remote) remote->open(state, true);
  artifacts.begin(state, options.full_refresh);
  pipeline::Catalog catalog = catalog_of(project, state, connection, remote.get());
  pipeline::leave_out_built_in_unit_tests(catalog, project);
  assets::PlanOptions planning;
  planning.full_refresh = options.full_refresh;
  planning.sources = pipeline::versions_of_sources(connection, catalog, state, false);
  assets::Plan plan = assets::make_plan(catalog.graph, catalog.checks, state, planning);
  const auto selection = pipeline::select_assets(options.project, project, catalog, plan);
  if (selection) {
    if (!options.common.quiet) pipeline::print_warnings(*selection, options.common);
    if (selection->is_empty()) {
      if (!options.common.quiet)
        fmt::print(options.common.err(), "Nothing to do: nothing is selected\n");
      return;
    }
    plan = pipeline::plan_selection(*selection, catalog, state, planning);
  }
  require_sources(catalog, state, plan);
  if (plan.is_empty()) {
    if (!options.common.quiet) fmt::print(options.common.err(), "{}\n", pipeline::fresh_line(plan));
    pipeline::restate_semantic_record(connection, project);
    return;
  }
  pipeline::require_own_raw_tables(options.project, state);
  pipeline::AssetRun run{
      "build", options.given,    options.common, options.record,       project,    catalog, state,
      plan,    planning.sources, nullptr,        options.full_refresh, !selection, "build"};
  run.artifacts = &artifacts;
  run.remote = remote.get();
  pipeline::run_assets(database, run, provenance_of(connection, options.project));
}

void build(const BuildOptions& options) {
  const dbt::Project project = pipeline::load_project(options.project, options.common.invocation(),
                                                      options.common.warehouse.path);
  if (!options.common.quiet) pipeline::print_warnings(project, options.common);
  pipeline::CommonOptions common = options.common;
  common.warehouse.confirm_new = [&] { refuse_new_warehouse(project, common.warehouse.path); };
  const duck::Database database =
      pipeline::open_for_run(common, options.record, assets::Access::write);
  pipeline::DbtArtifacts artifacts("build", options.project, project, options.common);
  try {
    artifacts.write_after(database, [&] { build(options, project, database, artifacts); });
  } catch (const Error& error) {
    assets::end_broken_run(database, error);
    throw;
  }
}

// Runs all selected tests, whatever their recorded outcomes.
assets::Plan plan_of_tests(const BuildOptions& options, const dbt::Project& project,
                           const pipeline::Catalog& catalog, const assets::State& state) {
  const auto selection = pipeline::select_assets(options.project, project, catalog, assets::Plan{});
  if (selection && !options.common.quiet) pipeline::print_warnings(*selection, options.common);
  assets::Plan plan;
  std::set<std::string> tested;
  for (const assets::Check& check : catalog.checks) {
    const bool wanted = !selection || selection->checks.contains(check.name);
    plan.checks_due.push_back(wanted);
    if (wanted) tested.insert(check.inputs.begin(), check.inputs.end());
  }
  std::set<std::string> missing;
  for (const std::string& name : tested) {
    const assets::Asset& asset = catalog.graph[catalog.graph.at(name)];
    if (asset.kind != assets::AssetKind::source &&
        state.find(asset.schema, asset.relation) == nullptr) {
      missing.insert(asset.relation);
    }
  }
  if (missing.empty()) return plan;
  throw Error(fmt::format("the warehouse lacks the models to be tested: {}", comma_list(missing)),
              "make them with: gsa build   (or gsa run, where there are no raw tables either)");
}

void test(const BuildOptions& options) {
  const dbt::Project project = pipeline::load_project(options.project, options.common.invocation(),
                                                      options.common.warehouse.path);
  if (!options.common.quiet) pipeline::print_warnings(project, options.common);
  bool writable = false;
  const duck::Database database =
      pipeline::open_for_records(options.common, options.record, writable);
  duck::Connection connection = database.connect();
  assets::State state = assets::read_state(connection);
  const std::unique_ptr<remote::Target> remote =
      pipeline::load_remote(options.project, project, options.common);
  if (remote) remote->open(state, false);
  pipeline::DbtArtifacts artifacts("test", options.project, project, options.common);
  artifacts.begin(state, false);
  const pipeline::Catalog catalog = catalog_of(project, state, connection, remote.get());
  const assets::Plan plan = plan_of_tests(options, project, catalog, state);
  if (plan.is_empty()) {
    if (!options.common.quiet)
      fmt::print(options.common.err(), "Nothing to do: no tests are selected\n");
    return;
  }
  const assets::Versions sources = pipeline::versions_of_sources(connection, catalog, state, true);
  pipeline::AssetRun run{"test",  options.given, options.common, options.record, project,
                         catalog, state,         plan,           sources,        nullptr,
                         false,   false,         "test"};
  run.artifacts = &artifacts;
  run.remote = remote.get();
  artifacts.write_after(database, [&] { pipeline::ask_checks(database, run, writable); });
}

}  // namespace

void add_build(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<BuildOptions>();
  options->common.host = &gsa.host;
  CLI::App* command = add_command(
      gsa.app, "build",
      "Make the models that are stale from the raw tables, test them and publish them",
      "  gsa build\n  gsa build --select fct_sessions+ --project models", options->common);
  add_project_options(*command, options->project);
  add_target_path_option(*command, options->project);
  add_record_options(*command, options->record, gsa.host.invocation().environment);
  command->add_flag("--full-refresh", options->full_refresh,
                    "Make all models anew, stale or not, incremental ones from the beginning");
  command->callback([command, options, &action] {
    options->given = given_options(*command);
    action = [options] {
      build(*options);
      return 0;
    };
  });
}

void add_test(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<BuildOptions>();
  options->common.host = &gsa.host;
  CLI::App* command = add_command(gsa.app, "test", "Run the data tests on what is published",
                                  "  gsa test\n  gsa test --select dim_users", options->common);
  add_project_options(*command, options->project);
  add_target_path_option(*command, options->project);
  add_record_options(*command, options->record, gsa.host.invocation().environment);
  command->callback([command, options, &action] {
    options->given = given_options(*command);
    action = [options] {
      test(*options);
      return 0;
    };
  });
}

}  // namespace gsa::app
