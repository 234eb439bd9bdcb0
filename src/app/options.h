#pragma once

// The command line: what all commands share, and how a command is added.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/run_options.h"

namespace CLI {
class App;
}

namespace gsa::app {

// What the chosen command will do once the whole command line is read; returns the exit code.
using Action = std::function<int()>;

// The command line as it is put together.
struct Commands {
  CLI::App& app;
  pipeline::Host& host;  // who will carry the command out
  Action& action;        // of the command that is chosen; set while the command line is read
};

// Each adds its command. One file each: command_NAME.cc.
void add_run(Commands& gsa);
void add_build(Commands& gsa);
void add_test(Commands& gsa);
void add_summary(Commands& gsa);
void add_sql(Commands& gsa);
void add_export(Commands& gsa);
void add_init(Commands& gsa);
void add_plan(Commands& gsa);
void add_assets(Commands& gsa);
void add_fetch(Commands& gsa);
void add_runs(Commands& gsa);
void add_watch(Commands& gsa);
void add_serve(Commands& gsa);

// A command with its description, examples and --quiet, which all commands take.
CLI::App* add_plain_command(CLI::App& app, const std::string& name, const std::string& description,
                            const std::string& examples, bool& quiet);

// The same with the options of what opens a warehouse.
CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& examples, pipeline::CommonOptions& common);

// Those of commands that put what they do on record. `environment` may have their defaults.
void add_record_options(CLI::App& command, pipeline::RecordOptions& options,
                        const Environment& environment);

// Those of commands that read the dbt project.
void add_project_options(CLI::App& command, pipeline::ProjectOptions& options);
// Those of commands that write dbt's artifacts.
void add_target_path_option(CLI::App& command, pipeline::ProjectOptions& options);

// What was given to the command, as it would be typed; without the warehouse, --quiet, and what
// says when `gsa watch` runs.
std::string given_options(const CLI::App& command);
// The same as arguments, but for the options that are left out.
std::vector<std::string> given_words(const CLI::App& command,
                                     std::span<const std::string_view> left_out);

}  // namespace gsa::app
