#include "app/run_flags.h"

#include <algorithm>
#include <cctype>
#include <limits>

#include <fmt/format.h>

#include "app/option_values.h"
#include "base/error.h"
#include "base/file.h"

namespace gsa::app {
namespace {

// Ids are 32-bit integers; a population takes about 20 bytes per user.
constexpr std::int64_t kMaxPrompts = 2'000'000'000;
constexpr std::int64_t kMaxUsers = 100'000'000;

bool is_number(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

// Accepts a month number; any other text is parsed once all options are known.
CLI::Validator month_number() {
  return {[number = whole_number(1, 12)](std::string& text) {
            return is_number(text) ? number(text) : std::string();
          },
          ""};
}

// "12" is a month of --year; "2025-12" and ranges include the year.
std::vector<sim::Period> months_of(const CLI::App& command, const RunFlags& flags) {
  const bool has_year = command.count("--year") > 0;
  if (flags.month.empty()) {
    if (!has_year) return {};
    return {sim::Period{flags.year, sim::kAnchor.month}};
  }
  if (is_number(flags.month)) {
    return {sim::Period{flags.year, std::stoi(flags.month)}};
  }
  if (has_year) {
    throw Error(fmt::format("--year has no meaning with --month {}", flags.month),
                "the months say their years themselves", ErrorCode::usage);
  }
  return sim::parse_months(flags.month);
}

void add_simulation_flags(CLI::App& command, RunFlags& flags) {
  pipeline::SimulationOptions& simulation = flags.options.raw.simulation;
  command.add_option("--users", simulation.users, "Users to simulate")
      ->capture_default_str()
      ->transform(whole_number(1, kMaxUsers))
      ->type_name("N");
  command
      .add_option("--month", flags.month,
                  "Months to simulate: 2025-12, 2025-10..2026-02, 2025-10,2025-12, or 1 to 12 of "
                  "--year. They join those that were made before with the same options")
      ->default_str("those that are there, or 2025-12")
      ->check(not_empty())
      ->transform(month_number())
      ->type_name("MONTHS");
  command.add_option("--year", flags.year, "Year of --month 1 to 12")
      ->capture_default_str()
      ->transform(whole_number(sim::kMinYear, sim::kMaxYear))
      ->type_name("Y");
  command.add_option("--seed", simulation.seed, "The same seed gives the same data")
      ->capture_default_str()
      ->transform(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("S");
}

}  // namespace

void add_run_flags(CLI::App& command, RunFlags& flags) {
  pipeline::PipelineOptions& options = flags.options;
  command
      .add_option("--source", options.raw.sources,
                  "auto, synthetic, diffusiondb, diffusiondb-large, "
                  "hf://datasets/OWNER/NAME/PATH, Parquet, CSV or JSON files, folders and globs, "
                  "or - (standard input). auto is DiffusionDB where it is cached or the hub "
                  "answers, else synthetic")
      ->default_str("auto")
      ->check(not_empty())
      ->type_name("SOURCE");
  command
      .add_option("--prompts", options.raw.prompts,
                  "Prompts to use a month; of a larger source a random sample")
      ->capture_default_str()
      ->transform(whole_number(1, kMaxPrompts))
      ->type_name("N");
  add_choice(
      command, "--behavior", options.raw.behavior,
      {{"auto", pipeline::Behavior::automatic},
       {"simulated", pipeline::Behavior::simulated},
       {"observed", pipeline::Behavior::observed}},
      "Who typed the prompts and when, and what happened: simulated, or observed as the source "
      "says. auto observes events of a product, and simulates for prompts")
      ->default_str("auto")
      ->type_name("KIND");
  command
      .add_option(
          "--map", flags.maps,
          "Of events: take a column for a signal (signal=path[:unit], or signal= for none), "
          "or the mapping of a file that gsa inspect --write made")
      ->check(not_empty())
      ->allow_extra_args(false)
      ->type_name("MAP");
  const auto add_files = [&](const char* name, std::vector<std::string>& files, const char* help) {
    command.add_option(name, files, help)
        ->check(not_empty())
        ->allow_extra_args(false)
        ->type_name("SOURCE");
  };
  add_files("--users-from", options.raw.events.users_from,
            "Of events: files about their users, such as tiers, regions and signups");
  add_files("--feedback-from", options.raw.events.feedback_from,
            "Of events: files with feedback and downloads, by the key of the generation");
  const auto add_map = [&](const char* name, std::vector<std::string>& maps, const char* help) {
    command.add_option(name, maps, help)
        ->check(not_empty())
        ->allow_extra_args(false)
        ->type_name("MAP");
  };
  add_map("--users-map", flags.users_maps, "As --map, for --users-from");
  add_map("--feedback-map", flags.feedback_maps, "As --map, for --feedback-from");
  command
      .add_option("--prices", flags.prices,
                  "Of events without a cost: estimate it by this table of prices, or by the "
                  "built-in one (builtin)")
      ->check(not_empty())
      ->type_name("FILE");
  command
      .add_option("--missing", flags.missing,
                  "Of events: what becomes of signals that they lack: unknown, simulated, or "
                  "latency=simulated,… one by one")
      ->default_str("unknown")
      ->check(not_empty())
      ->type_name("WHAT");
  command.add_flag("--hash-users", flags.hash_users,
                   "Of events: keep SHA-256 of the keys of users in place of the keys");
  add_choice(command, "--session", options.project.session_by,
             {{"gap", std::string("gap")}, {"key", "key"}, {"both", "both"}},
             "What makes a session: gap, a pause of 30 minutes; key, the sessions of the source; "
             "both, keys where there are some (as the var session_by)")
      ->default_str("both")
      ->type_name("KIND");
  add_simulation_flags(command, flags);
  add_project_options(command, options.project);
  add_target_path_option(command, options.project);
  command.add_flag("--full-refresh", options.full_refresh,
                   "Make everything anew, stale or not; of months only those named by --month");
}

void finish_run_flags(const CLI::App& command, RunFlags& flags) {
  pipeline::PipelineOptions& options = flags.options;
  options.given = given_options(command);
  pipeline::refuse_simulated_options(options.given, options.raw.behavior);
  options.months = months_of(command, flags);
  options.raw.prompts_given = command.count("--prompts") > 0;
  const Invocation& invocation = options.common.invocation();
  pipeline::EventOptions& events = options.raw.events;
  for (const auto& [maps, mapping] : {std::pair(&flags.maps, &events.mapping),
                                      std::pair(&flags.users_maps, &events.users_mapping),
                                      std::pair(&flags.feedback_maps, &events.feedback_mapping)}) {
    *mapping = telemetry::read_given_mapping(*maps, invocation);
    mapping->hash_users = flags.hash_users;
  }
  if (!flags.missing.empty()) events.missing = pipeline::read_missing(flags.missing);
  if (!flags.prices.empty() && flags.prices != "builtin") {
    events.prices = read_file(invocation.path(flags.prices));
    telemetry::read_prices(flags.prices,
                           events.prices);  // a mistake is told before anything is read
  } else {
    events.prices = flags.prices;
  }
}

}  // namespace gsa::app
