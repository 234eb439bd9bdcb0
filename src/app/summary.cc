#include "app/summary.h"

#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "assets/publication.h"
#include "base/error.h"
#include "base/table.h"
#include "base/text.h"

namespace gsa::app {
namespace {

// Overall figures are ratios of sums over the tiers, never means of the tiers' means. The lengths
// of sessions are counted first: their percentiles (nearest rank, as in the models) come from a few
// rows, not from one a session.
constexpr const char* kOverall = R"(
with lengths as (
    select
        total_generations as generations,
        count(*) as sessions,
        sum(friction_score) as friction_score
    from fct_sessions
    group by total_generations
),
ranked as (
    select
        *,
        sum(sessions) over (order by generations) as sessions_up_to,
        sum(sessions) over () as all_sessions
    from lengths
),
session_figures as (
    select
        cast(sum(friction_score) / nullif(sum(sessions), 0) as decimal(5, 2))
            as avg_friction_score,
        min(case when 100 * sessions_up_to >= 50 * all_sessions then generations end)
            as median_generations_per_session,
        min(case when 100 * sessions_up_to >= 90 * all_sessions then generations end)
            as p90_generations_per_session,
        max(generations) as max_generations_per_session,
        cast(100.0 * coalesce(sum(case when generations = 1 then sessions end), 0)
            / nullif(sum(sessions), 0) as decimal(5, 2)) as single_generation_sessions_pct
    from ranked
),
tiers as (
    select
        cast(coalesce(sum(total_users), 0) as integer) as total_users,
        cast(coalesce(sum(total_sessions), 0) as integer) as total_sessions,
        cast(coalesce(sum(total_generations), 0) as integer) as total_generations,
        cast(100.0 * sum(successful_generations) / nullif(sum(total_generations), 0)
            as decimal(5, 2)) as success_rate_pct,
        coalesce(sum(total_cost_credits), 0)::decimal(18, 4) as total_cost_credits
    from user_friction_summary
)
select
    total_users,
    total_sessions,
    total_generations,
    (select cast(count(*) as integer) from fct_generations where session_id is null)
        as generations_outside_sessions,
    success_rate_pct,
    avg_friction_score,
    total_cost_credits,
    median_generations_per_session,
    p90_generations_per_session,
    max_generations_per_session,
    single_generation_sessions_pct
from tiers cross join session_figures)";

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

std::string select_provenance() {
  return fmt::format(
      "select source, source_reason, prompts, users, seed, behavior, period, observed, "
      "coalesce((select list({{finding: finding, rule: rule, count: count, "
      "\"column\": source_column, place: place, example: example}}) from {}), []) as findings "
      "from {}",
      assets::findings_rows(), assets::provenance_rows());
}

std::string json_report(duck::Connection& connection) {
  const duck::Result result = connection.query(
      fmt::format("select json_object('provenance', (select to_json(p) from ({}) p), "
                  "'overall', (select to_json(o) from ({}) o), "
                  "'by_tier', (select coalesce(to_json(list(t order by t.user_tier)), '[]'::json) "
                  "from ({}) t))::varchar",
                  select_provenance(), kOverall, kByTier));
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
  constexpr std::size_t kOutsideSessions = 3;
  const auto shown = [&](std::size_t column, int decimals) {
    return number(overall.float64(0, column), decimals);
  };
  std::vector<TableWriter::Row> rows = {
      {"Users", shown(0, 0)}, {"Sessions", shown(1, 0)}, {"Generations", shown(2, 0)}};
  if (overall.int64(0, kOutsideSessions) > 0) {
    rows.push_back(
        {"Generations outside sessions (deleted or unknown accounts)", shown(kOutsideSessions, 0)});
  }
  const std::vector<TableWriter::Row> more = {
      {"Success rate, %", shown(4, 1)},
      {"Friction score, mean of 0 to 100", shown(5, 1)},
      {"Cost, credits", shown(6, 2)},
      {"Generations a session, median", shown(7, 0)},
      {"Generations a session, 90th percentile", shown(8, 0)},
      {"Generations a session, most", shown(9, 0)},
      {"Sessions of one generation, %", shown(10, 1)}};
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
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

// Wraps it at 100 columns, between words.
std::string wrapped(std::string_view text) {
  constexpr std::size_t kWidth = 100;
  std::string lines;
  std::size_t width = 0;
  for (const std::string& word : split(text, ' ')) {
    const bool fits = width + 1 + word.size() <= kWidth;
    if (width > 0) lines += fits ? ' ' : '\n';
    width = width > 0 && fits ? width + 1 + word.size() : word.size();
    lines += word;
  }
  return lines;
}

std::string observed_line(const assets::Provenance& from) {
  const auto sees = [&](std::string_view signal) {
    return from.observed.find(signal) != std::string::npos;
  };
  const std::string observed = from.observed.empty() ? "users and times" : from.observed;
  std::string signals = observed;
  signals[0] = 'U';
  return fmt::format(
      "Made of {} requests by {} users, observed in {} ({} rows, {}), seed {}.\n{}",
      with_thousands(from.prompts), with_thousands(from.users), from.source,
      with_thousands(from.prompts_in_source), from.period, from.seed,
      wrapped(fmt::format("{} are observed; tiers, latency, cost, feedback, {}downloads and {} are "
                          "simulated.",
                          signals, sees("retries") ? "" : "retries, ",
                          sees("blurred") ? "other failures" : "failures")));
}

std::string simulated_line(const assets::Provenance& from) {
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
  return fmt::format("Made of {}, {} users and {} telemetry of {}, seed {}.", prompts,
                     with_thousands(from.users), from.behavior, from.period, from.seed);
}

// Where the numbers come from.
std::string provenance_text(const assets::Provenance& from) {
  std::string text = from.behavior == "observed" ? observed_line(from) : simulated_line(from);
  if (!from.source_reason.empty()) {
    text += fmt::format("\nThe source was chosen by auto: {}.", from.source_reason);
  }
  return text;
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
                     fmt::format("{}\nDownloads are a share of successes, feedback of "
                                 "generations; cost in credits.",
                                 provenance_text(from)));
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
