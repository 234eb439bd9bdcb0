#pragma once

// The parts of the command line that all commands share, and functions to add commands.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assets/run_records.h"
#include "pipeline/run_options.h"

namespace CLI {
class App;
}

namespace gsa::app {

// Runs the chosen command once the command line is parsed; returns the exit code.
using Action = std::function<int()>;

// The command line under construction.
struct Commands {
  CLI::App& app;
  pipeline::Host& host;  // runs the command
  Action& action;        // of the chosen command; set by parsing
};

// Each adds its command, from its own file command_NAME.cc.
void add_run(Commands& gsa);
void add_build(Commands& gsa);
void add_test(Commands& gsa);
void add_summary(Commands& gsa);
void add_sql(Commands& gsa);
void add_export(Commands& gsa);
void add_forget(Commands& gsa);
void add_init(Commands& gsa);
void add_plan(Commands& gsa);
void add_assets(Commands& gsa);
void add_fetch(Commands& gsa);
void add_inspect(Commands& gsa);
void add_runs(Commands& gsa);
void add_watch(Commands& gsa);
void add_serve(Commands& gsa);

// A command with description, examples and --quiet, which all commands have.
CLI::App* add_plain_command(CLI::App& app, const std::string& name, const std::string& description,
                            const std::string& examples, bool& quiet);

// The same with the options of commands that open a warehouse.
CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& examples, pipeline::CommonOptions& common);

// Adds the options of commands that record what they do. `environment` may set their defaults.
void add_record_options(CLI::App& command, pipeline::RecordOptions& options,
                        const Environment& environment);

// Adds the options of commands that read the dbt project.
void add_project_options(CLI::App& command, pipeline::ProjectOptions& options);
// Adds the option of commands that write dbt's artifacts.
void add_target_path_option(CLI::App& command, pipeline::ProjectOptions& options);

// The options given to the command; without the warehouse, --quiet and those that say when
// `gsa watch` runs.
std::vector<assets::RunOption> given_options(const CLI::App& command);
// All but those in `left_out`, as a list of arguments.
std::vector<std::string> given_words(const CLI::App& command,
                                     std::span<const std::string_view> left_out);

}  // namespace gsa::app
