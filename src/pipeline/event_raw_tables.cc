#include "pipeline/event_raw_tables.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
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

std::vector<std::string> status_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < telemetry::kStatusCount; ++i) {
    names.emplace_back(telemetry::name_of(static_cast<telemetry::Status>(i)));
  }
  return names;
}

// A code from 0 up as the enumeration of these words. A constant for each code takes a fraction of
// the time of casting words.
std::string enum_of(const EventTables& events, std::string_view column,
                    const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(sql_quote(word));
  const std::string type = fmt::format("enum({})", join(quoted, ", "));
  if (!events.has(column)) return fmt::format("null::{}", type);
  std::string sql = fmt::format("case {}", column);
  for (std::size_t code = 0; code < words.size(); ++code) {
    sql += fmt::format(" when {} then {}::{}", code, quoted[code], type);
  }
  return sql + " end";
}

struct SignalColumn {
  std::string_view signal;  // of kSignals
  std::string_view column;
  std::string_view missing;  // its name in --missing; "": it cannot be simulated
  std::string_view type;
};
constexpr std::array<SignalColumn, 9> kColumns = {
    {{"user", "user_id", "", "integer"},
     {"time", "generated_at", "", "timestamp"},
     {"status", "status", "status", ""},
     {"latency", "latency_ms", "latency", "integer"},
     {"cost", "cost", "cost", "decimal(18, 8)"},
     {"retry", "retry_count", "retries", "smallint"},
     {"feedback", "feedback", "feedback", ""},
     {"download", "downloaded", "downloaded", "boolean"},
     {"model", "model", "model", "varchar"}}};

// The columns of raw_generations for the signals of kColumns: what the events say, then what is
// estimated, then what is simulated.
class SignalValues {
 public:
  SignalValues(const EventTables& events, const telemetry::PriceTable* prices,
               const MissingSignals& missing)
      : events_(events), prices_(prices), missing_(missing) {}

  std::string value(std::string_view column) const;
  std::string currency() const;
  std::string origins() const;
  bool draws() const {
    return std::any_of(kColumns.begin(), kColumns.end(),
                       [&](const SignalColumn& one) { return is_drawn(one); });
  }

 private:
  // The value in the source, as the type of raw_generations.
  std::string told(const SignalColumn& one) const;
  bool is_estimated(const SignalColumn& one) const {
    return prices_ != nullptr && one.signal == "cost";
  }
  bool is_drawn(const SignalColumn& one) const {
    // No feedback is an answer, too.
    const bool is_told = one.signal == "feedback" && events_.has(one.column);
    return !one.missing.empty() && missing_.fills(one.missing) && !is_told;
  }

  const EventTables& events_;
  const telemetry::PriceTable* prices_;
  const MissingSignals& missing_;
};

std::string SignalValues::told(const SignalColumn& one) const {
  if (one.column == "status") return enum_of(events_, one.column, status_names());
  if (one.column == "feedback") {
    return enum_of(events_, one.column, {"thumbs_up", "thumbs_down"});
  }
  return column_or_null(events_, one.column, one.type) + fmt::format("::{}", one.type);
}

std::string SignalValues::value(std::string_view column) const {
  const SignalColumn& one =
      *std::find_if(kColumns.begin(), kColumns.end(),
                    [&](const SignalColumn& candidate) { return candidate.column == column; });
  std::vector<std::string> values = {told(one)};
  if (is_estimated(one)) values.emplace_back("estimated_cost");
  if (is_drawn(one)) {
    const std::string_view member = column == "model" ? "model_version" : column;
    values.push_back(one.type.empty() ? fmt::format("drawn.{}", member)
                                      : fmt::format("drawn.{}::{}", member, one.type));
  }
  return values.size() == 1 ? values.front() : fmt::format("coalesce({})", join(values, ", "));
}

std::string SignalValues::currency() const {
  const SignalColumn& cost = kColumns[4];
  std::string sql = fmt::format("case when {} is not null then {}", told(cost),
                                column_or_null(events_, "currency", "varchar"));
  if (is_estimated(cost)) {
    sql += fmt::format(" when estimated_cost is not null then {}", sql_quote(prices_->currency));
  }
  if (is_drawn(cost)) sql += " else 'credits'";
  return sql + " end";
}

std::string SignalValues::origins() const {
  std::string list;
  for (const SignalColumn& one : kColumns) {
    const bool is_told = one.signal == "user" || one.signal == "time" || events_.has(one.column);
    const auto origin = [](std::string_view word) {
      return fmt::format("'{}'::{}", word, kOriginType);
    };
    std::string sql;
    if (is_told) {
      sql = one.signal == "feedback"
                ? " when true then " + origin("observed")
                : fmt::format(" when {} is not null then {}", one.column, origin("observed"));
    }
    if (is_estimated(one)) sql += " when estimated_cost is not null then " + origin("estimated");
    const std::string rest = origin(is_drawn(one) ? "simulated" : "unknown");
    list += sql.empty()
                ? fmt::format(",\n    {} as {}_origin", rest, one.signal)
                : fmt::format(",\n    case{} else {} end as {}_origin", sql, rest, one.signal);
  }
  return list;
}

// The columns that the prices read and that the events lack.
std::string lacking_of_prices(const EventTables& events) {
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
  return lacking;
}

// What is simulated for a generation, given how it ended and the tier, where that is one of those
// that are simulated; other tiers count as the free one.
std::string drawn_outcome(const EventTables& events) {
  std::string tier = "0";
  if (events.has("user_tier")) {
    tier = "coalesce(list_position(['free', 'pro', 'enterprise'], lower(user_tier)) - 1, 0)";
  }
  return fmt::format(
      ", gsa_outcome_of_status(generation_id, coalesce(token_count, 0), "
      "coalesce(has_safety_keyword, false), {}::utinyint, {}::utinyint) as drawn",
      tier, events.has("status") ? "coalesce(least(status, 4), 255)" : "255");
}

}  // namespace

std::string attributes_struct(const EventTables& events) {
  std::vector<std::string> fields;
  for (const telemetry::Attribute& one : events.attributes) {
    if (!one.is_left_out) fields.push_back(fmt::format("{}: {}", sql_quote(one.field), one.column));
  }
  return fields.empty() ? std::string(kNoAttributes) : fmt::format("{{{}}}", join(fields, ", "));
}

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
)",
      table, column_or_null(events, "seed", "ubigint"),
      column_or_null(events, "steps", "usmallint"), column_or_null(events, "guidance", "float"),
      column_or_null(events, "width", "usmallint"), column_or_null(events, "height", "usmallint"),
      column_or_null(events, "negative_prompt", "varchar"),
      events.has("prompt") ? "" : fmt::format(", {} as prompt", prompt), events.events.name());
}

std::string create_event_users(const std::string& table, const EventTables& events,
                               const MissingSignals& missing) {
  const auto known = [&](std::string_view column, std::string_view type) {
    return events.users_have(column) ? std::string(column) : fmt::format("null::{}", type);
  };
  const std::string signup = known("signup_at", "timestamp");
  const bool fills = missing.fills("traits");
  std::string traits, has_traits = "false";
  for (const std::string_view trait : {"user_tier", "region", "device_type"}) {
    const std::string value = known(trait, "varchar");
    if (events.users_have(trait)) has_traits += fmt::format(" or {} is not null", value);
    traits +=
        fills ? fmt::format("    if(has_traits, {0}, drawn.{1})::varchar as {1},\n", value, trait)
              : fmt::format("    {}::varchar as {},\n", value, trait);
  }
  // A user of another source may have neither a signup nor an event.
  return fmt::format(R"(
create table {0} as
select
    user_id,
{1}    coalesce({2}, first_seen) as signup_at,
    strftime(coalesce({2}, first_seen), '%G-W%V') as cohort_week,
    user_key as user_name,
    (case when {2} is not null then 'observed' when first_seen is not null then 'estimated'
        else 'unknown' end)::{3} as signup_origin,
    (if(has_traits, 'observed', '{4}'))::{3} as traits_origin
from (select *, {5} as has_traits{6} from {7})
order by user_id)",
                     table, traits, signup, kOriginType, fills ? "simulated" : "unknown",
                     has_traits, fills ? ", gsa_user_traits(user_key) as drawn" : "",
                     events.users.name());
}

std::string create_event_generations(const std::string& table, const std::string& raw_prompts,
                                     const EventTables& events, const telemetry::PriceTable* prices,
                                     const MissingSignals& missing) {
  const SignalValues signals(events, prices, missing);
  std::string lacking, estimated;
  if (prices != nullptr) {
    lacking = lacking_of_prices(events);
    estimated = fmt::format(", {} as estimated_cost", telemetry::price_sql(*prices));
  }
  const auto text = [&](std::string_view column) {
    return column_or_null(events, column, "varchar");
  };
  return fmt::format(
      R"(
create table {} as
select
    generation_id,
    prompt_id,
    user_id,
    generated_at,
    {} as latency_ms,
    {} as status,
    {} as cost,
    {} as currency,
    {} as retry_count,
    {} as feedback,
    {} as downloaded,
    {} as model_version,
    token_count,
    {}::integer as image_count,
    null::integer as blurred_images,
    null::timestamp as asked_before_at,
    {}::varchar as generation_key,
    {}::varchar as session_key,
    {}::varchar as status_word,
    {}::varchar as user_tier,
    {}::varchar as region,
    {}::varchar as device_type,
    {} as attributes{}
from (
    select *{}{}
    from (
        select events.*, prompts.prompt_id, prompts.token_count, prompts.has_safety_keyword{}
        from {} as events
        left join (select prompt_id, token_count, has_safety_keyword from {}) as prompts
            on events.generation_id = prompts.prompt_id
    )
)
order by generation_id)",
      table, signals.value("latency_ms"), signals.value("status"), signals.value("cost"),
      signals.currency(), signals.value("retry_count"), signals.value("feedback"),
      signals.value("downloaded"), signals.value("model"),
      column_or_null(events, "image_count", "integer"), text("generation_key"), text("session_key"),
      text("status_word"), text("user_tier"), text("region"), text("device_type"),
      attributes_struct(events), signals.origins(), estimated,
      signals.draws() ? drawn_outcome(events) : "", lacking, events.events.name(), raw_prompts);
}

std::string select_observed(const std::string& raw_generations) {
  std::vector<std::string> list;
  for (const SignalColumn& one : kColumns) {
    list.push_back(one.signal == "time" ? "generated_at"
                                        : fmt::format("if({}_origin = 'observed', 1, null) as {}",
                                                      one.signal, one.column));
  }
  return fmt::format("select {} from {}", join(list, ", "), raw_generations);
}

std::string select_observed(const EventTables& events) {
  std::vector<std::string> list;
  for (const SignalColumn& one : kColumns) {
    const bool is_told = one.signal == "user" || one.signal == "time" || events.has(one.column);
    list.push_back(one.signal == "time" ? "generated_at"
                   : !is_told           ? fmt::format("null as {}", one.column)
                   // No feedback is an answer, too.
                   : one.signal == "feedback"
                       ? "1 as feedback"
                       : fmt::format("if({0} is null, null, 1) as {0}", one.column));
  }
  return fmt::format("select {} from {}", join(list, ", "), events.events.name());
}

std::string event_signals(duck::Connection& connection, const std::string& observed) {
  constexpr std::array<std::string_view, 9> kWords = {"users",     "times",     "statuses",
                                                      "latencies", "costs",     "retries",
                                                      "feedback",  "downloads", "models"};
  std::string counts = "count(*)";
  for (const SignalColumn& one : kColumns) counts += fmt::format(", count({})", one.column);
  const duck::Result row = connection.query(fmt::format("select {} from {}", counts, observed));
  const std::int64_t all = row.int64(0, 0);
  std::vector<std::string> signals;
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    const std::int64_t known = row.int64(0, i + 1);
    if (known == 0) continue;
    signals.push_back(
        known == all ? std::string(kWords[i])
                     : fmt::format("{} ({:.1f} %)", kWords[i],
                                   100.0 * static_cast<double>(known) / static_cast<double>(all)));
  }
  return join(signals, ", ");
}

std::string period_of(duck::Connection& connection, const std::string& observed) {
  const duck::Result months = connection.query(
      fmt::format("select strftime(min(generated_at), '%Y-%m'), strftime(max(generated_at), "
                  "'%Y-%m') from {}",
                  observed));
  const std::string first = months.text(0, 0), last = months.text(0, 1);
  return first == last ? first : fmt::format("{} to {}", first, last);
}

}  // namespace gsa::pipeline
