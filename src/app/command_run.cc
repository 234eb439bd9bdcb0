#include <memory>

#include <fmt/format.h>

#include "app/options.h"
#include "app/pipeline.h"
#include "base/error.h"

namespace gsa::app {
namespace {

// Ids are 32-bit integers; a population takes some 20 bytes a user.
constexpr std::int64_t kMaxPrompts = 2'000'000'000;
constexpr std::int64_t kMaxUsers = 100'000'000;
constexpr int kMinYear = 1970, kMaxYear = 9998;

// CLI::Range names the range in the help; the message of a bad value is ours.
CLI::Validator between(std::int64_t low, std::int64_t high) {
  return {[low, high](std::string& text) -> std::string {
            std::int64_t value = 0;
            if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high) return {};
            return fmt::format("{} is not a whole number from {} to {}", text, low, high);
          },
          ""};
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
      "  gsa run --source 'prompts/*.parquet' --prompts 2000000 --users 100000",
      options->common);
  command
      ->add_option("--source", options->sources,
                   "synthetic, or Parquet, CSV or JSONL files and globs")
      ->capture_default_str()
      ->type_name("PATH");
  command
      ->add_option("--prompts", options->prompts,
                   "Prompts to use; of a larger source a random sample")
      ->capture_default_str()
      ->check(between(1, kMaxPrompts))
      ->type_name("N");
  command->add_option("--users", simulation.users, "Users to simulate")
      ->capture_default_str()
      ->check(between(1, kMaxUsers))
      ->type_name("N");
  command->add_option("--year", simulation.period.year, "Year to simulate")
      ->capture_default_str()
      ->check(between(kMinYear, kMaxYear))
      ->type_name("Y");
  command->add_option("--month", simulation.period.month, "Month to simulate, 1 to 12")
      ->capture_default_str()
      ->check(between(1, 12))
      ->type_name("M");
  command->add_option("--seed", simulation.seed, "The same seed gives the same data")
      ->capture_default_str()
      ->type_name("S");
  add_project_options(*command, options->project);
  command->add_flag("--full-refresh", options->full_refresh,
                    "Make raw tables and incremental models anew, though they would be the same");
  command->callback([options, &action] {
    action = [options] {
      run_pipeline(*options);
      return 0;
    };
  });
}

}  // namespace gsa::app
