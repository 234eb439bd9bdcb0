#include "app/summary.h"

#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "assets/warehouse.h"
#include "base/error.h"
#include "base/table.h"
#include "base/text.h"

namespace gsa::app {
namespace {

// Overall figures are ratios of sums over the tiers, never means of the tiers' means.
constexpr const char* kOverall = R"(
select
    cast(sum(total_users) as integer) as total_users,
    cast(sum(total_sessions) as integer) as total_sessions,
    cast(sum(total_generations) as integer) as total_generations,
    cast(100.0 * sum(successful_generations) / nullif(sum(total_generations), 0)
        as decimal(5, 2)) as success_rate_pct,
    (select cast(sum(friction_score) / nullif(count(*), 0) as decimal(5, 2))
     from fct_sessions) as avg_friction_score,
    sum(total_cost_credits)::decimal(18, 4) as total_cost_credits
from user_friction_summary)";

constexpr const char* kByTier = R"(
select
    user_tier,
    total_users as users,
    total_sessions as sessions,
    total_generations as generations,
    avg_friction_score::decimal(5, 2) as avg_friction_score,
    success_rate_pct,
    download_rate_pct,
    feedback_rate_pct,
    total_cost_credits,
    avg_session_cost
from user_friction_summary
order by user_tier)";

constexpr const char* kProvenance =
    "select source, prompts, users, seed, behavior, period from ops.provenance";

std::string json_report(duck::Connection& connection) {
  const duck::Result result = connection.query(
      fmt::format("select json_object('provenance', (select to_json(p) from ({}) p), "
                  "'overall', (select to_json(o) from ({}) o), "
                  "'by_tier', (select coalesce(to_json(list(t order by t.user_tier)), '[]'::json) "
                  "from ({}) t))::varchar",
                  kProvenance, kOverall, kByTier));
  return result.text(0, 0) + "\n";
}

std::string number(double value, int decimals) {
  if (std::isnan(value)) return "–";
  const std::string text = fmt::format("{:.{}f}", value, decimals);
  const std::size_t point = text.find('.');
  return with_thousands(std::stoll(text.substr(0, point))) +
         (point == std::string::npos ? "" : text.substr(point));
}

std::vector<TableWriter::Row> overall_rows(const duck::Result& overall) {
  const auto count = [&](std::size_t column) { return with_thousands(overall.int64(0, column)); };
  return {{"Users", count(0)},
          {"Sessions", count(1)},
          {"Generations", count(2)},
          {"Success rate, %", number(overall.float64(0, 3), 1)},
          {"Friction score, mean of 0 to 100", number(overall.float64(0, 4), 1)},
          {"Cost, credits", number(overall.float64(0, 5), 2)}};
}

std::vector<TableWriter::Row> tier_rows(const duck::Result& tiers) {
  constexpr std::size_t kColumns = 10;
  constexpr std::array<int, kColumns> kDecimals = {0, 0, 0, 0, 1, 1, 1, 1, 2, 4};
  std::vector<TableWriter::Row> rows;
  for (std::size_t r = 0; r < tiers.rows(); ++r) {
    TableWriter::Row row = {tiers.text(r, 0)};
    for (std::size_t c = 1; c < kColumns; ++c) {
      row.emplace_back(number(tiers.float64(r, c), kDecimals[c]));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string provenance_line(const assets::Provenance& from) {
  std::string prompts = with_thousands(from.prompts);
  if (from.source == "synthetic") {
    prompts += " synthetic prompts";
  } else {
    prompts += fmt::format(" of the {} prompts in {}", with_thousands(from.prompts_in_source),
                           from.source);
    if (from.prompts_skipped > 0) {
      prompts += fmt::format(" ({} blank ones left out)", with_thousands(from.prompts_skipped));
    }
  }
  return fmt::format("{}, {} users and {} telemetry of {}, seed {}", prompts,
                     with_thousands(from.users), from.behavior, from.period, from.seed);
}

std::string text_report(duck::Connection& connection, const assets::Provenance& from,
                        TableStyle style) {
  const duck::Result overall = connection.query(kOverall);
  const duck::Result tiers = connection.query(
      fmt::format("select user_tier::varchar, * exclude (user_tier) from ({})", kByTier));
  const std::string overall_table =
      format_table({{"Overall", false}, {"", true}}, overall_rows(overall), style);
  const std::string tier_table = format_table({{"By tier", false},
                                               {"users", true},
                                               {"sessions", true},
                                               {"generations", true},
                                               {"friction", true},
                                               {"success %", true},
                                               {"downloads %", true},
                                               {"feedback %", true},
                                               {"cost", true},
                                               {"cost/session", true}},
                                              tier_rows(tiers), style);
  return fmt::format("{}\n{}\n{}\n", overall_table, tier_table,
                     fmt::format("Made of {}.\nDownloads are a share of successes, feedback of "
                                 "generations; cost in credits.",
                                 provenance_line(from)));
}

}  // namespace

std::string report(duck::Connection& connection, ReportFormat format) {
  const auto provenance = assets::read_provenance(connection);
  if (!provenance) {
    throw Error("nothing is published in this warehouse yet", "make it with: gsa run");
  }
  if (format == ReportFormat::json) return json_report(connection);
  return text_report(connection, *provenance,
                     format == ReportFormat::markdown ? TableStyle::markdown : TableStyle::plain);
}

}  // namespace gsa::app
