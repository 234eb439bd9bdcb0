#include <map>
#include <memory>

#include <fmt/format.h>

#include "app/held_warehouse.h"
#include "app/option_values.h"
#include "app/options.h"
#include "app/summary.h"
#include "base/invocation.h"

namespace gsa::app {
namespace {

struct SummaryOptions {
  CommonOptions common;
  ReportFormat format = ReportFormat::table;
};

int summary(const SummaryOptions& options) {
  const duck::Database database = open_to_read(options.common);
  duck::Connection connection = database.connect();
  fmt::print(out_stream(), "{}", report(connection, options.format));
  return 0;
}

}  // namespace

void add_summary(CLI::App& app, Action& action) {
  const auto options = std::make_shared<SummaryOptions>();
  CLI::App* command = add_command(
      app, "summary", "Print the report: friction, success, cost and engagement by tier",
      "  gsa summary\n  gsa summary --format json | jq '.by_tier[].avg_friction_score'",
      options->common);
  const std::map<std::string, ReportFormat> formats = {{"table", ReportFormat::table},
                                                       {"json", ReportFormat::json},
                                                       {"markdown", ReportFormat::markdown}};
  add_choice(*command, "--format", options->format, formats,
             "table, json or markdown (default: table)")
      ->type_name("FORMAT");
  command->callback([options, &action] { action = [options] { return summary(*options); }; });
}

}  // namespace gsa::app
