#include "app/app.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "app/failure.h"
#include "app/option_values.h"
#include "app/options.h"
#include "base/interrupt.h"
#include "base/open_files.h"
#include "base/text.h"
#include "duck/database.h"
#include "serve/command_hosts.h"
#include "serve/served_commands.h"

namespace gsa::app {
namespace {

constexpr int kMaxThreads = 1024;
constexpr int kMaxHistoryDays = 36500;

// The command on the line, for hints: run, show of runs, or gsa itself.
const CLI::App* command_of(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? &app : command_of(*chosen.front());
}

// "gsa runs show"
std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return (parent == nullptr ? "" : full_name(*parent) + " ") + command.get_name();
}

std::vector<std::string> known_words(const CLI::App& app, bool options) {
  std::vector<std::string> words;
  if (options) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    }
  } else {
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
      words.push_back(command->get_name());
    }
  }
  return words;
}

// The first word that no option or command accepted, if that is the error.
std::string unexpected_word(const CLI::App& app, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return "";
  const std::vector<std::string> rest = command_of(app)->remaining(true);
  const std::vector<std::string> all = rest.empty() ? app.remaining(true) : rest;
  return all.empty() ? "" : all.front();
}

// An option for one value takes its last one, as users of other tools expect: an alias may set the
// first. Options for several values keep all.
void let_the_last_count(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    if (option->get_positional() || option->get_expected_max() > 1) continue;
    if (option->get_multi_option_policy() == CLI::MultiOptionPolicy::Throw) option->take_last();
  }
  for (CLI::App* sub : command.get_subcommands([](CLI::App*) { return true; })) {
    let_the_last_count(*sub);
  }
}

// CLI11's message in the wording of gsa, where gsa has its own.
std::string in_plain_words(const std::string& command, const CLI::ParseError& error) {
  std::string text = error.what();
  const std::string subject = text.substr(0, text.find(": "));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return subject + " needs a value";
  }
  constexpr std::string_view kRequired = " is required";
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && text.ends_with(kRequired)) {
    return fmt::format("{} needs a {}", command, text.substr(0, text.size() - kRequired.size()));
  }
  return text;
}

int usage_error(const CLI::App& app, const CLI::ParseError& error, const Invocation& invocation) {
  const CLI::App& command = *command_of(app);
  const bool has_commands = !known_words(command, false).empty();
  const std::string name = full_name(command);
  std::string hint = fmt::format("{} --help shows what it takes", name);
  std::string message = in_plain_words(name, error);
  if (const std::string word = unexpected_word(app, error); !word.empty()) {
    const bool is_option = word.starts_with('-');
    message = fmt::format("{} knows no {} '{}'", name,
                          is_option      ? "option"
                          : has_commands ? "command"
                                         : "argument",
                          word);
    const std::string bare = word.substr(0, word.find('='));
    const std::string meant = did_you_mean(bare, known_words(command, is_option));
    if (!meant.empty()) hint = meant;
  }
  print_error(invocation, message, hint);
  return kUsageExit;
}

// gsa serve is the server itself, and gsa watch forwards each of its runs.
bool stays_in_its_process(const CLI::App& command) {
  return command.get_name() == "serve" || command.get_name() == "watch";
}

// The warehouse of the command, if it has one and a server may run the command; "" otherwise. gsa
// sql opens a snapshot itself.
std::string warehouse_of(const CLI::App& command) {
  if (stays_in_its_process(command) || command.get_name() == "sql") return "";
  const CLI::Option* option = command.get_option_no_throw("--warehouse");
  return option == nullptr ? "" : option->as<std::string>();
}

int run_command_line(const std::vector<std::string>& arguments, pipeline::Host& host) {
  const Invocation& invocation = host.invocation();
  CLI::App app(
      "Shows where users of image generation meet friction, who they are, and what it costs.",
      "gsa");
  app.set_version_flag("--version",
                       fmt::format("gsa {} (DuckDB {})", GSA_VERSION, duck::library_version()));
  app.footer("Begin with: gsa run    Then: gsa sql \"select * from fct_sessions limit 5\"");
  app.require_subcommand(0, 1);  // a second command name is an unexpected word
  Action action;
  Commands gsa{app, host, action};
  add_run(gsa);
  add_build(gsa);
  add_test(gsa);
  add_plan(gsa);
  add_assets(gsa);
  add_summary(gsa);
  add_sql(gsa);
  add_export(gsa);
  add_forget(gsa);
  add_init(gsa);
  add_fetch(gsa);
  add_inspect(gsa);
  add_runs(gsa);
  add_watch(gsa);
  add_serve(gsa);
  let_the_last_count(app);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      std::ostringstream text;
      app.exit(error, text, text);
      fmt::print(invocation.out.file(), "{}", text.str());
      return 0;
    }
    return usage_error(app, error, invocation);
  }
  if (!action) {
    fmt::print(invocation.out.file(), "{}", app.help());
    return 0;
  }
  if (!host.shares_warehouse()) {
    if (const std::string warehouse = warehouse_of(*command_of(app)); !warehouse.empty()) {
      if (const auto code = serve::carry_out_elsewhere(warehouse, arguments, invocation))
        return *code;
    }
  } else if (stays_in_its_process(*command_of(app))) {
    throw Error("gsa serve carries out no other gsa serve or gsa watch");
  }
  return action();
}

// The exit code of a successful command, after flushing its output.
int finish_output(const Invocation& invocation) {
  std::FILE* out = invocation.out.file();
  errno = 0;
  if (std::fflush(out) == 0 && std::ferror(out) == 0) return 0;
  const int failure = errno;
  if (is_broken_pipe(out)) return kBrokenPipeExit;
  print_error(invocation,
              fmt::format("cannot write to the standard output{}",
                          failure == 0 ? "" : fmt::format(": {}", std::strerror(failure))),
              "");
  return 1;
}

// Occupies the descriptors of closed standard streams. Otherwise a file opened later would get one
// of these numbers and be written to like a terminal. Reads and writes on them fail.
void hold_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) < 0) {
      static_cast<void>(open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
    }
  }
}

}  // namespace

int run_arguments(const std::vector<std::string>& arguments, pipeline::Host& host) {
  int code = 0;
  try {
    code = run_command_line(arguments, host);
  } catch (...) {
    code = report_failure(host.invocation());
  }
  if (code == 0) return finish_output(host.invocation());
  std::FILE* out = host.invocation().out.file();
  return std::fflush(out) != 0 && is_broken_pipe(out) ? kBrokenPipeExit : code;
}

int main(int argc, char** argv) {
  hold_standard_streams();
  raise_open_files_limit();
  try {
    const Invocation invocation(catch_interrupts());
    serve::OwnProcess host(invocation);
    return run_arguments({argv + std::min(argc, 1), argv + argc}, host);
  } catch (...) {
    return report_failure(Invocation());
  }
}

CLI::App* add_plain_command(CLI::App& app, const std::string& name, const std::string& description,
                            const std::string& examples, bool& quiet) {
  CLI::App* command = app.add_subcommand(name, description);
  command->footer("Examples:\n" + examples);
  command->add_flag("-q,--quiet", quiet, "Print results and errors only");
  return command;
}

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& examples, pipeline::CommonOptions& common) {
  CLI::App* command = add_plain_command(app, name, description, examples, common.quiet);
  command->add_option("--warehouse", common.warehouse.path, "The warehouse, a DuckDB file")
      ->capture_default_str()
      ->check(not_empty())
      ->type_name("FILE");
  command->add_option("--threads", common.warehouse.threads, "Threads to use (default: all cores)")
      ->transform(whole_number(1, kMaxThreads))
      ->type_name("N");
  command
      ->add_option("--memory-limit", common.warehouse.memory_limit,
                   "Memory to use at most, e.g. 3GB (default: 80 % of the machine's)")
      ->check(memory_size())
      ->type_name("SIZE");
  return command;
}

namespace {

struct GivenOption {
  std::string name;                 // empty: a positional argument
  std::vector<std::string> values;  // none: a flag
};

std::vector<GivenOption> options_but(const CLI::App& command,
                                     std::span<const std::string_view> left_out) {
  std::vector<GivenOption> given;
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 ||
        std::find(left_out.begin(), left_out.end(), name) != left_out.end()) {
      continue;
    }
    if (option->get_positional()) {
      given.push_back({"", {option->as<std::string>()}});
    } else if (option->get_items_expected_max() > 0) {
      given.push_back({name, option->reduced_results()});
    } else {
      given.push_back({name, {}});
    }
  }
  return given;
}

}  // namespace

std::vector<std::string> given_words(const CLI::App& command,
                                     std::span<const std::string_view> left_out) {
  std::vector<std::string> words;
  for (const GivenOption& option : options_but(command, left_out)) {
    if (!option.name.empty()) words.push_back(option.name);
    words.insert(words.end(), option.values.begin(), option.values.end());
  }
  return words;
}

std::vector<assets::RunOption> given_options(const CLI::App& command) {
  // Options that say where the run went, how it was shown and when it ran.
  constexpr std::array<std::string_view, 6> kLeftOut = {
      "--warehouse", "--quiet", "--target-path", "--schedule", "--time-zone", "--debounce"};
  std::vector<assets::RunOption> given;
  for (const GivenOption& option : options_but(command, kLeftOut)) {
    if (option.values.empty()) given.push_back({option.name, ""});
    for (const std::string& value : option.values) given.push_back({option.name, value});
  }
  return given;
}

void add_record_options(CLI::App& command, pipeline::RecordOptions& options,
                        const Environment& environment) {
  command.add_flag("--wait", options.wait,
                   "Wait for another process that has the warehouse, instead of refusing");
  CLI::Option* days = command
                          .add_option("--history-days", options.history_days,
                                      "Days for which runs stay on record (or GSA_HISTORY_DAYS)")
                          ->capture_default_str()
                          ->transform(whole_number(1, kMaxHistoryDays))
                          ->type_name("N");
  command.preparse_callback([days, &environment](std::size_t) {
    if (const auto own = environment.find("GSA_HISTORY_DAYS")) days->default_val(*own);
  });
}

void add_project_options(CLI::App& command, pipeline::ProjectOptions& options) {
  command.add_option("--project", options.folder, "A dbt project (default: the built-in one)")
      ->type_name("DIR");
  command.add_option("--vars", options.vars, "Override vars of the project: '{name: value}'")
      ->type_name("YAML");
  command.add_option("-t,--target", options.target, "A target of the project's profiles.yml")
      ->type_name("NAME");
  CLI::Option* select =
      command
          .add_option("-s,--select", options.select,
                      "Only these models: name, +name+, tag:x, path:x, … as in dbt")
          ->type_name("SEL");
  CLI::Option* exclude =
      command.add_option("--exclude", options.exclude, "But not these")->type_name("SEL");
  command.add_option("--selector", options.selector, "What this selector of selectors.yml names")
      ->type_name("NAME")
      ->excludes(select, exclude);
}

void add_target_path_option(CLI::App& command, pipeline::ProjectOptions& options) {
  command
      .add_option("--target-path", options.target_path,
                  "Where manifest.json and run_results.json go, as dbt writes them; relative to "
                  "--project (or DBT_TARGET_PATH; default: its target-path, or target)")
      ->type_name("DIR");
}

}  // namespace gsa::app
