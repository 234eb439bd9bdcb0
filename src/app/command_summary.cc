#include <map>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "app/option_values.h"
#include "app/options.h"
#include "app/summary.h"

namespace gsa::app {
namespace {

struct SummaryOptions {
  pipeline::CommonOptions common;
  ReportFormat format = ReportFormat::table;
  std::string by;
};

int summary(const SummaryOptions& options) {
  const duck::Database database = options.common.open_to_read();
  duck::Connection connection = database.connect();
  fmt::print(options.common.out(), "{}", report(connection, options.format, options.by));
  return 0;
}

}  // namespace

void add_summary(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<SummaryOptions>();
  options->common.host = &gsa.host;
  CLI::App* command = add_command(
      gsa.app, "summary", "Print the report: friction, success, cost and engagement by tier",
      "  gsa summary\n"
      "  gsa summary --by country\n"
      "  gsa summary --format json | jq '.by_tier[].avg_friction_score'",
      options->common);
  const std::map<std::string, ReportFormat> formats = {{"table", ReportFormat::table},
                                                       {"json", ReportFormat::json},
                                                       {"markdown", ReportFormat::markdown}};
  add_choice(*command, "--format", options->format, formats,
             "table, json or markdown (default: table)")
      ->type_name("FORMAT");
  command
      ->add_option("--by", options->by,
                   "Split by a dimension: tier, model, status, week, a column of your own events "
                   "(default: tier)")
      ->check(not_empty())
      ->type_name("DIMENSION");
  command->callback([options, &action] { action = [options] { return summary(*options); }; });
}

}  // namespace gsa::app
