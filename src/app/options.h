#pragma once

// The command line: what all commands share, and how a command is added.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assets/warehouse.h"

namespace CLI {
class App;
}

namespace gsa::app {

struct CommonOptions {
  assets::WarehouseOptions warehouse{"data/warehouse.duckdb", 0, ""};
  bool quiet = false;
};

// What commands share that put what they do on record.
struct RecordOptions {
  bool wait = false;      // for another process that holds the warehouse
  int history_days = 90;  // how long runs stay on record
};
void add_record_options(CLI::App& command, RecordOptions& options);
// What was given to the command, as it would be typed; without the warehouse, --quiet, and what
// says when `gsa watch` runs.
std::string given_options(const CLI::App& command);
// The same as arguments, but for the options that are left out.
std::vector<std::string> given_words(const CLI::App& command,
                                     std::span<const std::string_view> left_out);

// What the chosen command will do once the whole command line is read; returns the exit code.
using Action = std::function<int()>;

// Each adds its command to `app` and sets `action` when it is chosen. One file each:
// command_NAME.cc.
void add_run(CLI::App& app, Action& action);
void add_build(CLI::App& app, Action& action);
void add_test(CLI::App& app, Action& action);
void add_summary(CLI::App& app, Action& action);
void add_sql(CLI::App& app, Action& action);
void add_export(CLI::App& app, Action& action);
void add_init(CLI::App& app, Action& action);
void add_plan(CLI::App& app, Action& action);
void add_assets(CLI::App& app, Action& action);
void add_fetch(CLI::App& app, Action& action);
void add_runs(CLI::App& app, Action& action);
void add_watch(CLI::App& app, Action& action);
void add_serve(CLI::App& app, Action& action);

// A command with its description, examples and --quiet, which all commands take.
CLI::App* add_plain_command(CLI::App& app, const std::string& name, const std::string& description,
                            const std::string& examples, bool& quiet);

// The same with the options of what opens a warehouse.
CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& examples, CommonOptions& common);

// What commands that read the dbt project share.
struct ProjectOptions {
  std::string folder;  // empty: the built-in project
  std::string vars;    // YAML that overrides the project's vars
  std::vector<std::string> select;
  std::vector<std::string> exclude;
  std::string selector;     // the name of one in the project's selectors.yml
  std::string target;       // of the project's profiles.yml; empty: the profile's own choice
  std::string target_path;  // of dbt's artifacts; empty: as the environment or the project says
};
void add_project_options(CLI::App& command, ProjectOptions& options);
// Of commands that write the artifacts.
void add_target_path_option(CLI::App& command, ProjectOptions& options);

}  // namespace gsa::app
