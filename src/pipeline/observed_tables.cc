#include "pipeline/observed_tables.h"

#include <fmt/format.h>

#include "base/text.h"
#include "duck/function.h"
#include "pipeline/event_raw_tables.h"
#include "pipeline/raw_tables.h"
#include "pipeline/telemetry_columns.h"
#include "sim/telemetry.h"

namespace gsa::pipeline {
namespace {

using duck::Arguments;
using duck::Output;
using duck::Type;

void fill_traits(std::uint64_t seed, const Arguments& in, Output& out) {
  const duck::Texts names = in.texts(0);
  TraitColumns traits(out, 0);
  for (std::size_t row = 0; row < in.rows(); ++row) {
    traits.set(row, sim::traits_of(seed, names[row]));
  }
}

void fill_outcomes(std::uint64_t seed, const Arguments& in, Output& out) {
  const auto* ids = in.column<std::int32_t>(0);
  const auto* token_counts = in.column<std::int32_t>(1);
  const auto* keywords = in.column<bool>(2);
  const auto* tiers = in.column<std::uint8_t>(3);
  const auto* checks = in.column<std::uint8_t>(4);
  OutcomeColumns outcomes(out, 0);
  for (std::size_t row = 0; row < in.rows(); ++row) {
    outcomes.set(
        row, sim::outcome_of(seed, static_cast<std::uint64_t>(ids[row]),
                             {token_counts[row], keywords[row]}, static_cast<sim::Tier>(tiers[row]),
                             static_cast<sim::SafetyCheck>(checks[row])));
  }
}

void fill_outcomes_of_status(std::uint64_t seed, const Arguments& in, Output& out) {
  const auto* ids = in.column<std::int32_t>(0);
  const auto* token_counts = in.column<std::int32_t>(1);
  const auto* keywords = in.column<bool>(2);
  const auto* tiers = in.column<std::uint8_t>(3);
  const auto* statuses = in.column<std::uint8_t>(4);
  OutcomeColumns outcomes(out, 0);
  for (std::size_t row = 0; row < in.rows(); ++row) {
    const auto id = static_cast<std::uint64_t>(ids[row]);
    const sim::PromptTraits prompt{token_counts[row], keywords[row]};
    const auto tier = static_cast<sim::Tier>(tiers[row]);
    outcomes.set(row, statuses[row] < sim::kStatusNames.size()
                          ? sim::outcome_of_status(seed, id, prompt, tier,
                                                   static_cast<sim::Status>(statuses[row]))
                          : sim::outcome_of(seed, id, prompt, tier));
  }
}

// A request counts as blurred if at least one of its images is.
std::string safety_check(const std::string& blurred_images) {
  return fmt::format(
      "(case when {0} is null then {1} when {0} = 0 then {2} else {3} end)::utinyint",
      blurred_images, static_cast<int>(sim::SafetyCheck::unknown),
      static_cast<int>(sim::SafetyCheck::passed), static_cast<int>(sim::SafetyCheck::blurred));
}

}  // namespace

void register_observed_simulation(duck::Connection& connection, std::uint64_t seed) {
  duck::register_function(
      connection, {"gsa_user_traits",
                   {Type::of(duck::TypeId::varchar)},
                   Type::structure(trait_members()),
                   [seed](const Arguments& in, Output& out) { fill_traits(seed, in, out); }});
  duck::register_function(
      connection, {"gsa_outcome",
                   {Type::of(duck::TypeId::integer), Type::of(duck::TypeId::integer),
                    Type::of(duck::TypeId::boolean), Type::of(duck::TypeId::utinyint),
                    Type::of(duck::TypeId::utinyint)},
                   Type::structure(outcome_members()),
                   [seed](const Arguments& in, Output& out) { fill_outcomes(seed, in, out); }});
  duck::register_function(
      connection,
      {"gsa_outcome_of_status",
       {Type::of(duck::TypeId::integer), Type::of(duck::TypeId::integer),
        Type::of(duck::TypeId::boolean), Type::of(duck::TypeId::utinyint),
        Type::of(duck::TypeId::utinyint)},
       Type::structure(outcome_members()),
       [seed](const Arguments& in, Output& out) { fill_outcomes_of_status(seed, in, out); }});
}

std::string create_observed_users(const std::string& table, const prompts::Observed& observed) {
  return fmt::format(R"(
create table {} as
select
    user_id,
    traits.user_tier as user_tier,
    traits.region as region,
    traits.device_type as device_type,
    first_seen as signup_at,
    strftime(first_seen, '%G-W%V') as cohort_week,
    user_name,
    'estimated'::{} as signup_origin,
    'simulated'::{} as traits_origin
from (
    select *, gsa_user_traits(user_name) as traits
    from {}
)
order by user_id)",
                     table, kOriginType, kOriginType, observed.users.name());
}

// Users who deleted their accounts, and unknown ones, count as users of the free tier.
std::string create_observed_generations(const std::string& table, const std::string& raw_prompts,
                                        const std::string& raw_users,
                                        const prompts::Observed& observed) {
  std::string origins;
  for (const std::string_view signal : kSignals) {
    const bool seen = signal == "user" || signal == "time";
    const std::string origin =
        signal == "status"  ? "case when blurred_images > 0 then 'observed' else 'simulated' end"
        : signal == "retry" ? "case when has_settings then 'observed' else 'simulated' end"
                            : fmt::format("'{}'", seen ? "observed" : "simulated");
    origins += fmt::format(",\n    ({})::{} as {}_origin", origin, kOriginType, signal);
  }
  return fmt::format(R"(
create table {} as
select
    prompt_id as generation_id,
    prompt_id,
    user_id,
    generated_at,
    outcome.latency_ms as latency_ms,
    outcome.status as status,
    outcome.cost as cost,
    {} as currency,
    case when not has_settings then outcome.retry_count end as retry_count,
    outcome.feedback as feedback,
    outcome.downloaded as downloaded,
    outcome.model_version as model_version,
    token_count,
    image_count,
    blurred_images,
    asked_before_at,
    {}{}
from (
    select
        prompts.prompt_id,
        prompts.token_count,
        requests.* exclude (generation_id),
        gsa_outcome(
            prompts.prompt_id, prompts.token_count, prompts.has_safety_keyword,
            coalesce(enum_code(users.user_tier), {})::utinyint, {}
        ) as outcome
    from {} as prompts
    inner join {} as requests on prompts.prompt_id = requests.generation_id
    left join {} as users on requests.user_id = users.user_id
)
order by generation_id)",
                     table, kSimulatedCurrency, unknown_generation_columns(), origins,
                     static_cast<int>(sim::Tier::free), safety_check("requests.blurred_images"),
                     raw_prompts, observed.requests.name(), raw_users);
}

std::string observed_signals(const prompts::Observed& observed) {
  const auto of_some = [&](std::string_view signal, std::int64_t requests) -> std::string {
    if (requests == observed.request_count) return std::string(signal);
    return fmt::format("{} (of {} of {} requests)", signal, with_thousands(requests),
                       with_thousands(observed.request_count));
  };
  std::vector<std::string> signals = {"users", "times", "images"};
  if (observed.with_settings > 0) signals.push_back(of_some("retries", observed.with_settings));
  if (observed.with_blurred > 0) {
    signals.push_back(of_some("blurred images", observed.with_blurred));
  }
  const std::string last = signals.back();
  signals.pop_back();
  return join(signals, ", ") + " and " + last;
}

std::string observed_period(duck::Connection& connection, const prompts::Observed& observed) {
  return period_of(connection, observed.requests.name());
}

}  // namespace gsa::pipeline
