#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "app/option_values.h"
#include "app/options.h"
#include "app/row_writer.h"
#include "app/run_report.h"
#include "assets/history.h"
#include "assets/records_schema.h"
#include "assets/run_diff.h"
#include "base/error.h"
#include "base/terminal.h"
#include "base/text.h"

namespace gsa::app {
namespace {

constexpr std::string_view kLatest = "latest";
constexpr std::int64_t kMostRuns = 1'000'000'000;

// Options of `gsa runs` and its subcommands.
struct RunsOptions {
  pipeline::CommonOptions common;
  std::int64_t limit = 20;
  RowFormat format = RowFormat::table;
  std::string run, other;
  bool all = false;
};

void write_text(const RunsOptions& options, std::string_view text) {
  std::FILE* out = options.common.out();
  const bool written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  if (!written || std::fflush(out) != 0) {
    throw Error(fmt::format("cannot write the runs: {}", std::strerror(errno)));
  }
}

// For programs.
void write_run_rows(duck::Connection& connection, const RunsOptions& options) {
  const std::string select = assets::select_runs(options.limit);
  write_rows(connection, select, connection.inspect(select).columns, options.format, 0,
             [&](std::string_view text) { write_text(options, text); });
}

// For people.
void write_run_table(duck::Connection& connection, const RunsOptions& options) {
  const std::vector<assets::RunRecord> runs = assets::runs(connection, options.limit);
  const bool markdown = options.format == RowFormat::markdown;
  if (runs.empty() && !markdown) {
    return write_text(options,
                      fmt::format("no run is on record in {} yet: gsa run makes the first\n",
                                  options.common.warehouse.path));
  }
  write_text(options, run_table(runs, markdown ? TableStyle::markdown : TableStyle::plain));
  const std::int64_t all = assets::count_runs(connection);
  if (std::cmp_less(runs.size(), all) && !markdown && !options.common.quiet) {
    write_text(options, fmt::format("the newest {} of {} runs: --limit {} shows all\n", runs.size(),
                                    with_thousands(all), all));
  }
}

int list(const RunsOptions& options) {
  const duck::Database database = options.common.open(assets::Access::read);
  duck::Connection connection = database.connect();
  if (options.format == RowFormat::table || options.format == RowFormat::markdown) {
    write_run_table(connection, options);
  } else if (assets::has_records(connection)) {
    write_run_rows(connection, options);
  } else {
    duck::Connection empty = duck::Database(duck::DatabaseOptions{}).connect();
    assets::create_records(empty);
    write_run_rows(empty, options);
  }
  return 0;
}

assets::RunRecord find_run(duck::Connection& connection, const std::string& run) {
  return run == kLatest ? assets::latest_run(connection)
                        : assets::run_of(connection, std::stoll(run));
}

std::string shell_quote(const std::string& text) {
  return "'" + replace_all(text, "'", "'\\''") + "'";
}

// Suggests commands to type next.
void write_hints(const RunsOptions& options, const assets::RunRecord& run) {
  const std::string& path = options.common.warehouse.path;
  const bool elsewhere = path != pipeline::CommonOptions{}.warehouse.path;
  const std::string where = elsewhere ? " --warehouse " + shell_quote(path) : "";
  std::string text = "\nMore of it:\n";
  for (const char* table : {"steps", "checks", "events"}) {
    text += fmt::format("  gsa sql \"from ops.{} where run_id = {}\"{}\n", table, run.id, where);
  }
  write_text(options, options.common.invocation().out.paint(Ink::dim, text));
}

int show(const RunsOptions& options) {
  const duck::Database database = options.common.open(assets::Access::read);
  duck::Connection connection = database.connect();
  const assets::RunRecord run = find_run(connection, options.run);
  RunReportOptions report;
  const TextOutput& out = options.common.invocation().out;
  report.width = out.is_terminal() ? out.width() : 100;
  report.all_steps = options.all;
  if (out.wants_colour()) {
    report.paint = [&out](Ink ink, std::string_view text) { return out.paint(ink, text); };
  }
  write_text(options, run_report(connection, run, report));
  if (!options.common.quiet) write_hints(options, run);
  return 0;
}

int diff(const RunsOptions& options) {
  const duck::Database database = options.common.open(assets::Access::read);
  duck::Connection connection = database.connect();
  const assets::RunRecord a = find_run(connection, options.run);
  const assets::RunRecord b = find_run(connection, options.other);
  write_text(options, assets::format_diff(assets::diff_runs(connection, a, b)));
  return 0;
}

// A number or "latest".
CLI::Validator run_name() {
  const CLI::Validator number = whole_number(1, kMostRuns);
  return {[number](std::string& text) -> std::string {
            if (text == kLatest || number(text).empty()) return {};
            return fmt::format("'{}' is not the number of a run, nor {}", text, kLatest);
          },
          ""};
}

void add_show(CLI::App& runs, const std::shared_ptr<RunsOptions>& options, Action& action) {
  CLI::App* command =
      add_command(runs, "show", "Show a run: its steps as a Gantt chart, and what went wrong",
                  "  gsa runs show latest\n  gsa runs show 3 --all", options->common);
  command->add_option("run", options->run, "The number of a run, or latest")
      ->transform(run_name())
      ->type_name("ID");
  command->add_flag("--all", options->all, "A line for each step and check");
  command->callback([options, &action] {
    if (options->run.empty()) {
      throw Error("gsa runs show needs a run", "for example: gsa runs show latest",
                  ErrorCode::usage);
    }
    action = [options] { return show(*options); };
  });
}

void add_diff(CLI::App& runs, const std::shared_ptr<RunsOptions>& options, Action& action) {
  CLI::App* command =
      add_command(runs, "diff", "Compare two runs: options, time, rows, content, code, checks",
                  "  gsa runs diff 3 latest", options->common);
  command->add_option("a", options->run, "The number of a run, or latest")
      ->transform(run_name())
      ->type_name("ID");
  command->add_option("b", options->other, "The run to hold against it")
      ->transform(run_name())
      ->type_name("ID");
  command->callback([options, &action] {
    if (options->other.empty()) {
      throw Error("gsa runs diff needs two runs", "for example: gsa runs diff 3 latest",
                  ErrorCode::usage);
    }
    action = [options] { return diff(*options); };
  });
}

void refuse_options_of_the_list(const CLI::App& command) {
  for (const char* option : {"--limit", "--format"}) {
    if (command.count(option) == 0) continue;
    throw Error(fmt::format("{} is for the list of runs, not for gsa runs {}", option,
                            command.get_subcommands().front()->get_name()),
                "gsa runs --help shows what it takes", ErrorCode::usage);
  }
}

}  // namespace

void add_runs(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<RunsOptions>();
  options->common.host = &gsa.host;
  CLI::App* command =
      add_command(gsa.app, "runs", "List the runs on record, show one, or compare two",
                  "  gsa runs\n  gsa runs show latest\n  gsa runs diff 3 latest\n"
                  "  gsa runs --format json | jq '.[] | select(.status == \"failed\")'",
                  options->common);
  command->add_option("--limit", options->limit, "The newest N (default: 20)")
      ->transform(whole_number(1, kMostRuns))
      ->type_name("N");
  add_choice(*command, "--format", options->format,
             {{"table", RowFormat::table},
              {"csv", RowFormat::csv},
              {"json", RowFormat::json},
              {"jsonl", RowFormat::jsonl},
              {"markdown", RowFormat::markdown}},
             "table, csv, json, jsonl or markdown (default: table)")
      ->type_name("FORMAT");
  command->require_subcommand(0, 1);
  add_show(*command, options, action);
  add_diff(*command, options, action);
  // Runs after the callback of the subcommand.
  command->callback([command, options, &action] {
    if (!command->get_subcommands().empty()) return refuse_options_of_the_list(*command);
    action = [options] { return list(*options); };
  });
}

}  // namespace gsa::app
