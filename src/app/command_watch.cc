#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "app/failure.h"
#include "app/option_values.h"
#include "app/run_flags.h"
#include "app/summary.h"
#include "app/watch_files.h"
#include "app/watch_schedule.h"
#include "base/error.h"
#include "base/terminal.h"
#include "base/text.h"
#include "pipeline/pipeline_run.h"
#include "prompts/resolve.h"
#include "serve/served_commands.h"

namespace gsa::app {
namespace {

constexpr std::size_t kNamedChanges = 3;  // as many as fit on a line

struct WatchOptions {
  RunFlags flags;
  std::vector<std::string> expressions;
  std::string time_zone;  // empty: that of the machine
  int debounce = static_cast<int>(kWatchQuiet.count());

  // Set after parsing:
  WatchedPaths paths;
  std::vector<assets::CronSchedule> schedules;
  std::vector<std::string> run;  // the arguments of an equivalent gsa run
};

WatchSchedule::Moment now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

const pipeline::CommonOptions& common_of(const WatchOptions& options) {
  return options.flags.options.common;
}

// "a.sql, b.sql, c.sql and 2 more changed"
std::string describe_changes(std::vector<std::string> paths) {
  const std::size_t more = paths.size() - std::min(paths.size(), kNamedChanges);
  paths.resize(paths.size() - more);
  return fmt::format("{}{} changed", join(paths, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string describe_schedules(const std::vector<std::string>& expressions) {
  std::vector<std::string> quoted;
  for (const std::string& expression : expressions) quoted.push_back('"' + expression + '"');
  return "schedule " + join(quoted, ", ");
}

// "watching models and prompts/*.csv; schedule "0 * * * *""
std::string describe_watch(const WatchOptions& options) {
  std::vector<std::string> parts = options.paths.sources;
  if (!options.paths.project.empty()) parts.push_back(options.paths.project);
  std::string text = parts.empty() ? "" : "watching " + join(parts, ", ");
  if (options.expressions.empty()) return text;
  std::vector<std::string> expressions;
  for (const auto& schedule : options.schedules) expressions.push_back(schedule.expression());
  return text + (text.empty() ? "" : "; ") + describe_schedules(expressions);
}

std::string describe_wait(const WatchOptions& options, const WatchSchedule& schedule) {
  const std::string next = schedule.next();
  if (next.empty()) return "waiting for changes";
  return fmt::format("waiting for {}{}", options.paths.empty() ? "" : "changes, and for ", next);
}

// Returns the exit code that `gsa run` would have.
int run_once(const WatchOptions& options) {
  try {
    // A server may have started meanwhile.
    const auto code = serve::carry_out_elsewhere(common_of(options).warehouse.path, options.run,
                                                 common_of(options).invocation());
    if (code) return *code;
    const pipeline::PipelineRun run = pipeline::run_pipeline(options.flags.options);
    if (run.made) {
      duck::Connection connection = run.warehouse.connect();
      fmt::print(common_of(options).out(), "\n{}", report(connection, ReportFormat::table));
      std::fflush(common_of(options).out());  // a reader of the pipe waits for it
    }
    return 0;
  } catch (...) {
    return report_failure(common_of(options).invocation());
  }
}

// Waits for a reason to run again and returns it; "" after Ctrl-C.
std::string wait_for_reason(WatchFiles& files, WatchSchedule& schedule,
                            const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto changes =
        files.wait([&] { return stop.stop_requested() || schedule.is_due(now()); });
    if (stop.stop_requested()) break;
    const std::vector<std::string> due = schedule.take_due(now());
    std::vector<std::string> reasons;
    if (!changes.empty()) reasons.push_back(describe_changes(changes));
    if (!due.empty()) reasons.push_back(describe_schedules(due));
    if (!reasons.empty()) return join(reasons, "; ");
  }
  return "";
}

int watch(const WatchOptions& options) {
  const pipeline::CommonOptions& common = common_of(options);
  // Before the first run, so that changes during the run are noticed.
  WatchFiles files(options.paths, std::chrono::milliseconds(options.debounce));
  WatchSchedule schedule(options.schedules, now());
  std::string reason = describe_watch(options);
  for (bool first = true;; first = false) {
    common.say(common.invocation().err.paint(Ink::bold, reason));
    const int code = run_once(options);
    if (code == kInterruptedExit || code == kBugExit || (first && code == kUsageExit)) return code;
    common.say(describe_wait(options, schedule));
    reason = wait_for_reason(files, schedule, common.invocation().stop);
    if (reason.empty()) break;
  }
  common.say("stopped");
  return 0;
}

void finish_watch_options(const CLI::App& command, WatchOptions& options) {
  finish_run_flags(command, options.flags);
  options.flags.options.record.wait = true;
  std::vector<std::string>& files = options.paths.sources;
  const pipeline::RawOptions& raw = options.flags.options.raw;
  for (const auto* sources : {&raw.sources, &raw.events.users_from, &raw.events.feedback_from}) {
    std::copy_if(sources->begin(), sources->end(), std::back_inserter(files),
                 prompts::is_file_source);
  }
  if (std::any_of(files.begin(), files.end(), [&](const std::string& file) {
        return prompts::is_pipe(file, common_of(options).invocation());
      })) {
    throw Error("a pipe can be read once, and a watch reads its source at each run",
                "write it to a file and watch that", ErrorCode::usage);
  }
  options.paths.project = options.flags.options.project.folder;
  constexpr std::array<std::string_view, 3> kOwn = {"--schedule", "--time-zone", "--debounce"};
  options.run = given_words(command, kOwn);
  options.run.insert(options.run.begin(), "run");
  for (const std::string& expression : options.expressions) {
    options.schedules.push_back(assets::CronSchedule::parse(expression, options.time_zone));
  }
  if (options.paths.empty() && options.schedules.empty()) {
    throw Error(
        "there is nothing to watch: the source is no file, the project is the built-in one, "
        "and there is no schedule",
        "name files with --source, a project with --project, or times with --schedule "
        "\"0 * * * *\"",
        ErrorCode::usage);
  }
  if (options.schedules.empty() && command.count("--time-zone") > 0) {
    throw Error("--time-zone has no meaning without --schedule", "it is the zone of the schedule",
                ErrorCode::usage);
  }
  if (options.paths.empty() && command.count("--debounce") > 0) {
    throw Error("--debounce has no meaning where no files are watched",
                "name files with --source, or a project with --project", ErrorCode::usage);
  }
}

void add_watch_options(CLI::App& command, WatchOptions& options) {
  command
      .add_option("--schedule", options.expressions,
                  "Run at these times as well: minute, hour, day of month, month and day of week "
                  "as in crontab, or @hourly, @daily, …; may be given again")
      ->type_name("CRON");
  command
      .add_option("--time-zone", options.time_zone,
                  "Time zone of --schedule, such as Europe/Berlin (default: the machine's)")
      ->check(not_empty())
      ->type_name("ZONE");
  command
      .add_option("--debounce", options.debounce,
                  "How long files must be quiet before a run, in milliseconds")
      ->capture_default_str()
      ->transform(whole_number(0, kWatchLongest.count()))
      ->type_name("MS");
}

}  // namespace

void add_watch(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<WatchOptions>();
  options->flags.options.common.host = &gsa.host;
  CLI::App* command = add_command(
      gsa.app, "watch",
      "gsa run at once, and again whenever its files change or a schedule is due, until Ctrl-C",
      "  gsa watch --project models\n"
      "  gsa watch --source 'prompts/*.parquet' --prompts 100000\n"
      "  gsa watch --schedule '0 * * * *' --schedule '30 6 * * mon-fri' --time-zone Europe/Berlin\n"
      "\nWatched are the files of --source and the .sql and .yml files of --project. What changes\n"
      "or comes due during a run leads to one more run after it, and so does any number of times\n"
      "that went by while the machine slept. If the clock is set back, the schedule goes on from\n"
      "what it shows then. A run that fails says why, and the watch goes on. Between runs others\n"
      "can read the warehouse; while others hold it, a run waits.",
      options->flags.options.common);
  add_run_flags(*command, options->flags);
  add_record_options(*command, options->flags.options.record, gsa.host.invocation().environment);
  command->get_option("--wait")->group("");  // gsa watch always waits
  add_watch_options(*command, *options);
  command->callback([command, options, &action] {
    finish_watch_options(*command, *options);
    action = [options] { return watch(*options); };
  });
}

}  // namespace gsa::app
