#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "app/asset_report.h"
#include "app/option_values.h"
#include "app/options.h"
#include "assets/graph_format.h"
#include "assets/warehouse.h"
#include "pipeline/asset_run.h"
#include "pipeline/asset_states.h"
#include "pipeline/open_project.h"

namespace gsa::app {
namespace {

struct AssetsOptions {
  pipeline::CommonOptions common;
  pipeline::ProjectOptions project;
  AssetListFormat format = AssetListFormat::table;
  assets::GraphFormat graph_format = assets::GraphFormat::text;
  std::string name;
};

// Opens the warehouse, reads the overview and calls `show` with it.
template <typename Show>
int with_overview(const AssetsOptions& options, const Show& show) {
  const dbt::Project project = pipeline::load_project(options.project, options.common.invocation(),
                                                      options.common.warehouse.path);
  if (!options.common.quiet) pipeline::print_warnings(project, options.common);
  const duck::Database database =
      pipeline::open_or_in_memory(options.common, {}, assets::Access::read);
  duck::Connection connection = database.connect();
  const pipeline::AssetOverview overview(project, connection);
  fmt::print(options.common.out(), "{}", show(project, overview, connection));
  return 0;
}

int list(const AssetsOptions& options) {
  return with_overview(options, [&](const auto&, const pipeline::AssetOverview& overview, auto&) {
    return asset_list(overview, options.format);
  });
}

int graph(const AssetsOptions& options) {
  return with_overview(options, [&](const auto&, const pipeline::AssetOverview& overview, auto&) {
    std::vector<std::string> states;
    for (const assets::AssetState& state : overview.states) {
      states.emplace_back(name_of(state.validity));
    }
    return assets::format_graph(overview.catalog.graph, states, options.graph_format);
  });
}

int show(const AssetsOptions& options) {
  return with_overview(options,
                       [&](const dbt::Project& project, const pipeline::AssetOverview& overview,
                           duck::Connection& connection) {
                         return asset_report(overview, project, connection, options.name,
                                             options.common.invocation().out);
                       });
}

void add_project(CLI::App& command, pipeline::ProjectOptions& options) {
  command.add_option("--project", options.folder, "A dbt project (default: the built-in one)")
      ->type_name("DIR");
  command.add_option("--vars", options.vars, "Override vars of the project: '{name: value}'")
      ->type_name("YAML");
}

}  // namespace

void add_assets(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<AssetsOptions>();
  options->common.host = &gsa.host;
  CLI::App* command = add_command(gsa.app, "assets",
                                  "What there is, what is stale and why, and how it hangs together",
                                  "  gsa assets\n  gsa assets graph --format mermaid\n"
                                  "  gsa assets show fct_sessions",
                                  options->common);
  add_project(*command, options->project);
  add_choice(*command, "--format", options->format,
             {{"table", AssetListFormat::table},
              {"json", AssetListFormat::json},
              {"markdown", AssetListFormat::markdown}},
             "table, json or markdown (default: table)")
      ->type_name("FORMAT");
  command->require_subcommand(0, 1);

  CLI::App* graph_command =
      add_command(*command, "graph", "The graph of assets",
                  "  gsa assets graph\n  gsa assets graph --format dot | dot -Tsvg > assets.svg",
                  options->common);
  add_project(*graph_command, options->project);
  add_choice(*graph_command, "--format", options->graph_format,
             {{"text", assets::GraphFormat::text},
              {"dot", assets::GraphFormat::dot},
              {"json", assets::GraphFormat::json},
              {"mermaid", assets::GraphFormat::mermaid}},
             "text, dot, json or mermaid (default: text)")
      ->type_name("FORMAT");
  graph_command->callback([options, &action] { action = [options] { return graph(*options); }; });

  CLI::App* show_command =
      add_command(*command, "show",
                  "One asset: columns and where they come from, inputs, outputs, SQL, history",
                  "  gsa assets show fct_sessions", options->common);
  add_project(*show_command, options->project);
  show_command->add_option("name", options->name, "The asset")->required()->type_name("NAME");
  show_command->callback([options, &action] { action = [options] { return show(*options); }; });

  command->callback([command, options, &action] {
    if (command->get_subcommands().empty()) action = [options] { return list(*options); };
  });
}

}  // namespace gsa::app
