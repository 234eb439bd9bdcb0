#include <limits>
#include <memory>

#include "app/option_values.h"
#include "app/options.h"
#include "app/pipeline.h"

namespace gsa::app {
namespace {

// Ids are 32-bit integers; a population takes some 20 bytes a user.
constexpr std::int64_t kMaxPrompts = 2'000'000'000;
constexpr std::int64_t kMaxUsers = 100'000'000;
constexpr int kMinYear = 1970, kMaxYear = 9998;

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
      ->default_str("synthetic")
      ->check(not_empty())
      ->type_name("PATH");
  command
      ->add_option("--prompts", options->prompts,
                   "Prompts to use; of a larger source a random sample")
      ->capture_default_str()
      ->transform(whole_number(1, kMaxPrompts))
      ->type_name("N");
  command->add_option("--users", simulation.users, "Users to simulate")
      ->capture_default_str()
      ->transform(whole_number(1, kMaxUsers))
      ->type_name("N");
  command->add_option("--year", simulation.period.year, "Year to simulate")
      ->capture_default_str()
      ->transform(whole_number(kMinYear, kMaxYear))
      ->type_name("Y");
  command->add_option("--month", simulation.period.month, "Month to simulate, 1 to 12")
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
  command->callback([options, &action] {
    action = [options] {
      run_pipeline(*options);
      return 0;
    };
  });
}

}  // namespace gsa::app
