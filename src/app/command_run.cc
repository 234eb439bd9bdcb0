#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/run_flags.h"
#include "app/summary.h"
#include "pipeline/pipeline_run.h"

namespace gsa::app {
namespace {

int run(const pipeline::PipelineOptions& options) {
  const pipeline::PipelineRun run = pipeline::run_pipeline(options);
  duck::Connection connection = run.warehouse.connect();
  fmt::print(options.common.out(), "\n{}", report(connection, ReportFormat::table));
  return 0;
}

}  // namespace

void add_run(Commands& gsa) {
  Action& action = gsa.action;
  const auto flags = std::make_shared<RunFlags>();
  flags->options.common.host = &gsa.host;
  CLI::App* command = add_command(
      gsa.app, "run",
      "Make what is stale of prompts, users, telemetry, the star schema and its tests; report",
      "  gsa run\n"
      "  gsa run --prompts 100000 --users 2000 --seed 7\n"
      "  gsa run --month 2025-10..2026-02\n"
      "  gsa run --select stale+ --exclude tag:metrics\n"
      "  gsa run --source diffusiondb --behavior observed --prompts 2000000\n"
      "  gsa run --source 'prompts/*.parquet' --prompts 2000000 --users 100000\n"
      "  gsa run --source events.parquet --map latency=took:ms --users-from users.csv",
      flags->options.common);
  add_run_flags(*command, *flags);
  add_record_options(*command, flags->options.record, gsa.host.invocation().environment);
  command->callback([command, flags, &action] {
    finish_run_flags(*command, *flags);
    action = [flags] { return run(flags->options); };
  });
}

}  // namespace gsa::app
