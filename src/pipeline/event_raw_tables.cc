#include "pipeline/event_raw_tables.h"

#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/raw_tables.h"
#include "telemetry/signal.h"

namespace gsa::pipeline {
namespace {

using telemetry::EventTables;

// The column of the events, or null of that type.
std::string column_or_null(const EventTables& events, std::string_view column,
                           std::string_view type) {
  return events.has(column) ? std::string(column) : fmt::format("null::{}", type);
}

std::string statuses_type() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < telemetry::kStatusCount; ++i) {
    names.push_back(sql_quote(telemetry::name_of(static_cast<telemetry::Status>(i))));
  }
  return fmt::format("enum({})", join(names, ", "));
}

// A code from 0 up as the enumeration of that type.
std::string enum_of(const EventTables& events, std::string_view column, const std::string& type) {
  if (!events.has(column)) return fmt::format("null::{}", type);
  return fmt::format("(enum_range(null::{0}))[{1} + 1]::{0}", type, column);
}

// 'observed' where the column has a value, else 'unknown'.
std::string origin_of(const EventTables& events, std::string_view column) {
  if (!events.has(column)) return "'unknown'";
  return fmt::format("case when {} is null then 'unknown' else 'observed' end", column);
}

struct SignalColumn {
  std::string_view signal;  // of kSignals
  std::string_view column;
};
constexpr std::array<SignalColumn, 9> kColumns = {{{"user", "user_id"},
                                                   {"time", "generated_at"},
                                                   {"status", "status"},
                                                   {"latency", "latency_ms"},
                                                   {"cost", "cost"},
                                                   {"retry", "retry_count"},
                                                   {"feedback", "feedback"},
                                                   {"download", "downloaded"},
                                                   {"model", "model"}}};

std::string origins(const EventTables& events, bool estimates_costs) {
  std::string list;
  for (const SignalColumn& one : kColumns) {
    std::string origin = origin_of(events, one.column);
    if (one.signal == "user") {
      origin = "case when user_id is null then 'unknown' else 'observed' end";
    } else if (one.signal == "feedback" && events.has("feedback")) {
      origin = "'observed'";  // no feedback is an answer, too
    } else if (one.signal == "cost" && estimates_costs) {
      origin = fmt::format(
          "case when {} is not null then 'observed' when estimated_cost is not null then "
          "'estimated' else 'unknown' end",
          column_or_null(events, "cost", "decimal(18, 8)"));
    }
    list += fmt::format(",\n    ({})::{} as {}_origin", origin, kOriginType, one.signal);
  }
  return list;
}

}  // namespace

std::string create_event_prompts(const std::string& table, const EventTables& events) {
  const std::string prompt = column_or_null(events, "prompt", "varchar");
  return fmt::format(
      R"(
create table {} as
select
    generation_id as prompt_id,
    prompt,
    f.char_count as char_count,
    f.token_count as token_count,
    f.has_safety_keyword as has_safety_keyword,
    {}::ubigint as generation_seed,
    {}::usmallint as step,
    {}::float as cfg,
    null::utinyint as sampler,
    {}::usmallint as width,
    {}::usmallint as height,
    {}::varchar as negative_prompt
from (
    select *, gsa_prompt_features(prompt) as f
    from (select * {} from {})
    where gsa_has_words(prompt)
)
order by prompt_id)",
      table, column_or_null(events, "seed", "ubigint"),
      column_or_null(events, "steps", "usmallint"), column_or_null(events, "guidance", "float"),
      column_or_null(events, "width", "usmallint"), column_or_null(events, "height", "usmallint"),
      column_or_null(events, "negative_prompt", "varchar"),
      events.has("prompt") ? "" : fmt::format(", {} as prompt", prompt), events.events.name());
}

std::string create_event_users(const std::string& table, const EventTables& events) {
  const auto known = [&](std::string_view column, std::string_view type) {
    return events.users_have(column) ? std::string(column) : fmt::format("null::{}", type);
  };
  const std::string signup = known("signup_at", "timestamp");
  const bool has_traits = events.users_have("user_tier") || events.users_have("region") ||
                          events.users_have("device_type");
  return fmt::format(R"(
create table {0} as
select
    user_id,
    {1}::varchar as user_tier,
    {2}::varchar as region,
    {3}::varchar as device_type,
    coalesce({4}, first_seen) as signup_at,
    strftime(coalesce({4}, first_seen), '%G-W%V') as cohort_week,
    user_key as user_name,
    (case when {4} is null then 'estimated' else 'observed' end)::{5} as signup_origin,
    '{6}'::{5} as traits_origin
from {7}
order by user_id)",
                     table, known("user_tier", "varchar"), known("region", "varchar"),
                     known("device_type", "varchar"), signup, kOriginType,
                     has_traits ? "observed" : "unknown", events.users.name());
}

std::string create_event_generations(const std::string& table, const std::string& raw_prompts,
                                     const EventTables& events,
                                     const telemetry::PriceTable* prices) {
  const std::string cost = column_or_null(events, "cost", "decimal(18, 8)");
  const std::string currency = column_or_null(events, "currency", "varchar");
  std::string estimated, costs = cost, currencies = currency;
  if (prices != nullptr) {
    // The prices read columns that the events may lack.
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPriced = {
        {{"model", "varchar"},
         {"quality", "varchar"},
         {"width", "usmallint"},
         {"height", "usmallint"},
         {"steps", "usmallint"},
         {"image_count", "integer"},
         {"latency_ms", "integer"}}};
    std::string lacking;
    for (const auto& [column, type] : kPriced) {
      if (!events.has(column)) lacking += fmt::format(", null::{} as {}", type, column);
    }
    estimated = fmt::format(", (select {} from (select events.*{})) as estimated_cost",
                            telemetry::price_sql(*prices), lacking);
    costs = fmt::format("coalesce({}, estimated_cost)", cost);
    currencies =
        fmt::format("case when {} is null and estimated_cost is not null then {} else {} end", cost,
                    sql_quote(prices->currency), currency);
  }
  const std::string feedback_type = "enum('thumbs_up', 'thumbs_down')";
  return fmt::format(
      R"(
create table {} as
select
    generation_id,
    prompts.prompt_id,
    user_id,
    generated_at,
    {}::integer as latency_ms,
    {} as status,
    {}::decimal(18, 8) as cost,
    {}::varchar as currency,
    {}::smallint as retry_count,
    {} as feedback,
    {}::boolean as downloaded,
    {}::varchar as model_version,
    prompts.token_count,
    {}::integer as image_count,
    null::integer as blurred_images,
    null::timestamp as asked_before_at,
    {}::varchar as generation_key,
    {}::varchar as session_key,
    {}::varchar as status_word,
    {}::varchar as user_tier,
    {}::varchar as region,
    {}::varchar as device_type{}
from (select events.*{} from {} as events) as events
left join (select prompt_id, token_count from {}) as prompts
    on events.generation_id = prompts.prompt_id
order by generation_id)",
      table, column_or_null(events, "latency_ms", "integer"),
      enum_of(events, "status", statuses_type()), costs, currencies,
      column_or_null(events, "retry_count", "smallint"), enum_of(events, "feedback", feedback_type),
      column_or_null(events, "downloaded", "boolean"), column_or_null(events, "model", "varchar"),
      column_or_null(events, "image_count", "integer"),
      column_or_null(events, "generation_key", "varchar"),
      column_or_null(events, "session_key", "varchar"),
      column_or_null(events, "status_word", "varchar"),
      column_or_null(events, "user_tier", "varchar"), column_or_null(events, "region", "varchar"),
      column_or_null(events, "device_type", "varchar"), origins(events, prices != nullptr),
      estimated, events.events.name(), raw_prompts);
}

std::string event_signals(duck::Connection& connection, const EventTables& events) {
  constexpr std::array<std::string_view, 9> kWords = {"users",     "times",     "statuses",
                                                      "latencies", "costs",     "retries",
                                                      "feedback",  "downloads", "models"};
  std::string counts = "count(*)";
  for (const SignalColumn& one : kColumns) {
    counts += events.has(one.column) || one.column == "user_id" || one.column == "generated_at"
                  ? fmt::format(", count({})", one.column)
                  : ", 0";
  }
  const duck::Result row =
      connection.query(fmt::format("select {} from {}", counts, events.events.name()));
  const std::int64_t all = row.int64(0, 0);
  std::vector<std::string> signals;
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    const std::int64_t known = row.int64(0, i + 1);
    if (known == 0) continue;
    const bool is_whole = known == all || kColumns[i].signal == "feedback";
    signals.push_back(
        is_whole ? std::string(kWords[i])
                 : fmt::format("{} ({:.1f} %)", kWords[i],
                               100.0 * static_cast<double>(known) / static_cast<double>(all)));
  }
  return join(signals, ", ");
}

std::string event_period(duck::Connection& connection, const EventTables& events) {
  const duck::Result months = connection.query(
      fmt::format("select strftime(min(generated_at), '%Y-%m'), strftime(max(generated_at), "
                  "'%Y-%m') from {}",
                  events.events.name()));
  const std::string first = months.text(0, 0), last = months.text(0, 1);
  return first == last ? first : fmt::format("{} to {}", first, last);
}

}  // namespace gsa::pipeline
