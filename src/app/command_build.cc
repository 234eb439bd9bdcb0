#include <memory>

#include <fmt/format.h>

#include "app/model_run.h"
#include "app/options.h"
#include "app/project.h"
#include "base/error.h"

namespace gsa::app {
namespace {

struct BuildOptions {
  CommonOptions common;
  ProjectOptions project;
  bool full_refresh = false;
};

// Of raw tables that no `gsa run` made, only their size is known.
assets::Provenance provenance_of(duck::Connection& connection, const ProjectOptions& project) {
  auto provenance = assets::read_provenance(connection);
  if (!provenance) {
    provenance.emplace();
    provenance->source = "raw tables of another origin";
    provenance->behavior = "unknown";
    provenance->period = "unknown";
  }
  provenance->project = describe_project(project);
  return *provenance;
}

void build(const BuildOptions& options) {
  const dbt::Project project = load_project(options.project);
  if (!options.common.quiet) print_warnings(project);
  const duck::Database database =
      assets::open_warehouse(options.common.warehouse, assets::Access::change);
  duck::Connection connection = database.connect();
  require_sources(connection, project, options.project);
  QueryWatch watch(connection, !options.common.quiet);
  const ModelRun models =
      build_models(connection, project,
                   {options.project, options.full_refresh, options.common.quiet, {}}, watch);
  publish_models(
      connection, models,
      {{"main", "raw_prompts", ""}, {"main", "raw_users", ""}, {"main", "raw_generations", ""}},
      provenance_of(connection, options.project), watch);
}

void test(const BuildOptions& options) {
  const dbt::Project project = load_project(options.project);
  if (!options.common.quiet) print_warnings(project);
  const duck::Database database =
      assets::open_warehouse(options.common.warehouse, assets::Access::read);
  duck::Connection connection = database.connect();
  require_tested(connection, project, options.project);
  QueryWatch watch(connection, !options.common.quiet);
  require_success(test_models(connection, project, options.project, options.common.quiet, watch),
                  "the warehouse is as it was");
}

}  // namespace

void add_build(CLI::App& app, Action& action) {
  const auto options = std::make_shared<BuildOptions>();
  CLI::App* command = add_command(
      app, "build", "Build the models from the raw tables, test them and publish them",
      "  gsa build\n  gsa build --select fct_sessions+ --project models", options->common);
  add_project_options(*command, options->project);
  command->add_flag("--full-refresh", options->full_refresh, "Build incremental models anew");
  command->callback([options, &action] {
    action = [options] {
      build(*options);
      return 0;
    };
  });
}

void add_test(CLI::App& app, Action& action) {
  const auto options = std::make_shared<BuildOptions>();
  CLI::App* command = add_command(app, "test", "Run the data tests on what is published",
                                  "  gsa test\n  gsa test --select dim_users", options->common);
  add_project_options(*command, options->project);
  command->callback([options, &action] {
    action = [options] {
      test(*options);
      return 0;
    };
  });
}

}  // namespace gsa::app
