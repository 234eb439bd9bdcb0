#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/options.h"
#include "app/pipeline.h"
#include "app/summary.h"
#include "base/invocation.h"

namespace gsa::app {
namespace {

int run(const PipelineOptions& options) {
  const PipelineRun run = run_pipeline(options);
  duck::Connection connection = run.warehouse.connect();
  fmt::print(out_stream(), "\n{}", report(connection, ReportFormat::table));
  return 0;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  const auto options = std::make_shared<PipelineOptions>();
  CLI::App* command = add_command(
      app, "run",
      "Make what is stale of prompts, users, telemetry, the star schema and its tests; report",
      "  gsa run\n"
      "  gsa run --prompts 100000 --users 2000 --seed 7\n"
      "  gsa run --month 2025-10..2026-02\n"
      "  gsa run --select stale+ --exclude tag:metrics\n"
      "  gsa run --source diffusiondb --behavior observed --prompts 2000000\n"
      "  gsa run --source 'prompts/*.parquet' --prompts 2000000 --users 100000",
      options->common);
  add_pipeline_options(*command, *options);
  add_record_options(*command, options->record);
  command->callback([command, options, &action] {
    finish_pipeline_options(*command, *options);
    action = [options] { return run(*options); };
  });
}

}  // namespace gsa::app
