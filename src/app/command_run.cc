#include <limits>
#include <memory>

#include <fmt/format.h>

#include "app/option_values.h"
#include "app/options.h"
#include "app/pipeline.h"
#include "base/error.h"

namespace gsa::app {
namespace {

// Ids are 32-bit integers; a population takes some 20 bytes a user.
constexpr std::int64_t kMaxPrompts = 2'000'000'000;
constexpr std::int64_t kMaxUsers = 100'000'000;
constexpr int kMinYear = 1970, kMaxYear = 9998;

// Observed users and times are the data's: an option that would have no effect is a mistake.
void refuse_simulated_options(const CLI::App& command, Behavior behavior) {
  if (behavior != Behavior::observed) return;
  for (const char* name : {"--users", "--year", "--month"}) {
    if (command.count(name) == 0) continue;
    throw Error(fmt::format("{} has no meaning with --behavior observed", name),
                "users and times are those of the data; --prompts says how many requests to take",
                ErrorCode::usage);
  }
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  const auto options = std::make_shared<PipelineOptions>();
  SimulationOptions& simulation = options->simulation;
  CLI::App* command = add_command(
      app, "run",
      "Make everything: prompts, users, telemetry, the star schema, its tests, the report",
      "  gsa run\n"
      "  gsa run --prompts 100000 --users 2000 --seed 7\n"
      "  gsa run --source diffusiondb --behavior observed --prompts 2000000\n"
      "  gsa run --source 'prompts/*.parquet' --prompts 2000000 --users 100000",
      options->common);
  command
      ->add_option(
          "--source", options->sources,
          "auto, synthetic, diffusiondb, diffusiondb-large, hf://datasets/OWNER/NAME/PATH, "
          "or Parquet, CSV or JSONL files and globs. auto is DiffusionDB where it is "
          "cached or the hub answers, else synthetic")
      ->default_str("auto")
      ->check(not_empty())
      ->type_name("SOURCE");
  command
      ->add_option("--prompts", options->prompts,
                   "Prompts to use; of a larger source a random sample")
      ->capture_default_str()
      ->transform(whole_number(1, kMaxPrompts))
      ->type_name("N");
  command
      ->add_option("--behavior", options->behavior,
                   "Who typed the prompts and when: simulated, or observed as the source says")
      ->default_str("simulated")
      ->transform(
          one_of<Behavior>({{"simulated", Behavior::simulated}, {"observed", Behavior::observed}}))
      ->type_name("KIND");
  command->add_option("--users", simulation.users, "Users to simulate")
      ->capture_default_str()
      ->transform(whole_number(1, kMaxUsers))
      ->type_name("N");
  command->add_option("--year", simulation.months.front().year, "Year to simulate")
      ->capture_default_str()
      ->transform(whole_number(kMinYear, kMaxYear))
      ->type_name("Y");
  command->add_option("--month", simulation.months.front().month, "Month to simulate, 1 to 12")
      ->capture_default_str()
      ->transform(whole_number(1, 12))
      ->type_name("M");
  command->add_option("--seed", simulation.seed, "The same seed gives the same data")
      ->capture_default_str()
      ->transform(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->type_name("S");
  add_project_options(*command, options->project);
  command->add_flag("--full-refresh", options->full_refresh,
                    "Make raw tables and incremental models anew, though they would be the same");
  command->callback([command, options, &action] {
    refuse_simulated_options(*command, options->behavior);
    action = [options] {
      run_pipeline(*options);
      return 0;
    };
  });
}

}  // namespace gsa::app
