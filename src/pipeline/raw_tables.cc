#include "pipeline/raw_tables.h"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "duck/function.h"
#include "pipeline/telemetry_columns.h"
#include "sim/telemetry.h"
#include "sim/users.h"

namespace gsa::pipeline {
namespace {

using duck::Arguments;
using duck::Output;
using duck::Type;

Type user_type() {
  std::vector<Type::Member> members = trait_members();
  members.push_back({"signup_at", Type::of(duck::TypeId::timestamp)});
  return Type::structure(members);
}

void fill_users(const SimulationOptions& options, const Arguments& in, Output& out) {
  const auto* ids = in.column<std::int32_t>(0);
  TraitColumns traits(out, 0);
  auto* signups = out.member(kTraitMembers).data<std::int64_t>();
  for (std::size_t row = 0; row < in.rows(); ++row) {
    const sim::User user = sim::user_at(options.seed, options.users, ids[row]);
    traits.set(row, user);
    signups[row] = user.signup_us;
  }
}

Type generation_type() {
  std::vector<Type::Member> members = {{"user_id", Type::of(duck::TypeId::integer)},
                                       {"generated_at", Type::of(duck::TypeId::timestamp)}};
  for (Type::Member& member : outcome_members()) members.push_back(std::move(member));
  return Type::structure(members);
}

// The population of a month and the telemetry drawn from it.
struct Month {
  Month(const SimulationOptions& options, const sim::Period& period)
      : users(options.seed, period, options.users), telemetry(options.seed, period, users) {}
  sim::Population users;
  sim::Telemetry telemetry;
};

// A cache of the months used last, shared by the function's threads. Its size is the number of
// months built in parallel; holding all would take 24 bytes per user and month.
class LastMonths {
 public:
  explicit LastMonths(const SimulationOptions& options) : options_(options) {}

  // Threads that ask for the same month share one, computed by the first of them.
  std::shared_ptr<const Month> get(std::int32_t month_index) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(months_.begin(), months_.end(),
                                    [&](const auto& entry) { return entry.first == month_index; });
    if (found != months_.end()) return found->second;
    if (months_.size() == kMonthsAtOnce) months_.pop_front();
    months_.emplace_back(month_index,
                         std::make_shared<const Month>(options_, sim::period_at(month_index)));
    return months_.back().second;
  }

 private:
  static constexpr std::size_t kMonthsAtOnce = 4;  // the most lanes of a run
  const SimulationOptions options_;
  std::mutex mutex_;
  std::deque<std::pair<std::int32_t, std::shared_ptr<const Month>>> months_;
};

void fill_generations(LastMonths& last_months, const Arguments& in, Output& out) {
  const auto* months = in.column<std::int32_t>(0);
  const auto* ids = in.column<std::int32_t>(1);
  const auto* token_counts = in.column<std::int32_t>(2);
  const auto* keywords = in.column<bool>(3);
  auto* user_ids = out.member(0).data<std::int32_t>();
  auto* times = out.member(1).data<std::int64_t>();
  OutcomeColumns outcomes(out, 2);
  std::array<sim::Telemetry::Asked, sim::Telemetry::kMostAtOnce> asked;
  std::array<sim::Generation, sim::Telemetry::kMostAtOnce> made;
  std::size_t size = 0;
  for (std::size_t begin = 0; begin < in.rows(); begin += size) {
    const std::int32_t month = months[begin];
    for (size = 0; size < asked.size() && begin + size < in.rows(); ++size) {
      const std::size_t row = begin + size;
      if (months[row] != month) break;
      asked[size] = {static_cast<std::uint64_t>(ids[row]), {token_counts[row], keywords[row]}};
    }
    last_months.get(month)->telemetry.at({asked.data(), size}, made);
    for (std::size_t i = 0; i < size; ++i) {
      user_ids[begin + i] = made[i].user_id;
      times[begin + i] = made[i].generated_us;
      outcomes.set(begin + i, made[i]);
    }
  }
}

// ", 'simulated'::enum(…) as user_origin, …"
std::string simulated_origins(std::span<const std::string_view> signals) {
  std::string columns;
  for (const std::string_view signal : signals) {
    columns += fmt::format(",\n    'simulated'::{} as {}_origin", kOriginType, signal);
  }
  return columns;
}

}  // namespace

void register_simulation(duck::Connection& connection, const SimulationOptions& options) {
  const auto members =
      std::make_shared<const sim::Membership>(options.seed, options.months, options.users);
  duck::register_function(
      connection, {"gsa_user",
                   {Type::of(duck::TypeId::integer)},
                   user_type(),
                   [options](const Arguments& in, Output& out) { fill_users(options, in, out); }});
  duck::register_function(connection, {"gsa_is_user",
                                       {Type::of(duck::TypeId::integer)},
                                       Type::of(duck::TypeId::boolean),
                                       [members](const Arguments& in, Output& out) {
                                         const auto* ids = in.column<std::int32_t>(0);
                                         for (std::size_t row = 0; row < in.rows(); ++row) {
                                           out.data<bool>()[row] = members->has(ids[row]);
                                         }
                                       }});
  const auto last_months = std::make_shared<LastMonths>(options);
  duck::register_function(connection,
                          {"gsa_generation",
                           {Type::of(duck::TypeId::integer), Type::of(duck::TypeId::integer),
                            Type::of(duck::TypeId::integer), Type::of(duck::TypeId::boolean)},
                           generation_type(),
                           [last_months](const Arguments& in, Output& out) {
                             fill_generations(*last_months, in, out);
                           }});
}

std::string create_raw_users(const std::string& table, const SimulationOptions& options) {
  constexpr std::array<std::string_view, 2> kUserSignals = {"signup", "traits"};
  // Row r of the candidates is user number r % users of its block, so ids ascend.
  const auto blocks = sim::Membership(options.seed, options.months, options.users).blocks();
  return fmt::format(R"(
create table {0} as
select
    user_id,
    traits.user_tier as user_tier,
    traits.region as region,
    traits.device_type as device_type,
    traits.signup_at as signup_at,
    strftime(traits.signup_at, '%G-W%V') as cohort_week,
    null::varchar as user_name{1}
from (
    select user_id, gsa_user(user_id) as traits
    from (
        select (([{2}])[1 + range // {3}] * {3} + range % {3})::integer as user_id
        from range({4})
    )
    where gsa_is_user(user_id)
))",
                     table, simulated_origins(kUserSignals), fmt::join(blocks, ", "), options.users,
                     std::ssize(blocks) * options.users);
}

std::string select_raw_generations(const std::string& raw_prompts, const sim::Period& period) {
  return fmt::format(R"(
select
    prompt_id as generation_id,
    prompt_id,
    outcome.user_id as user_id,
    outcome.generated_at as generated_at,
    outcome.latency_ms as latency_ms,
    outcome.status as status,
    outcome.cost as cost,
    outcome.retry_count as retry_count,
    outcome.feedback as feedback,
    outcome.downloaded as downloaded,
    outcome.model_version as model_version,
    token_count
from (
    select
        prompt_id,
        token_count,
        gsa_generation({}, prompt_id, token_count, has_safety_keyword) as outcome
    from {}
))",
                     period.month_index(), raw_prompts);
}

std::string constant_prompt_columns() { return "null::varchar as negative_prompt"; }

std::string unknown_generation_columns() {
  return "null::varchar as generation_key, null::varchar as session_key, null::varchar as "
         "status_word, " +
         unknown_traits() + fmt::format(", {} as attributes", kNoAttributes);
}

std::string constant_generation_columns() {
  return fmt::format(
      "1::integer as image_count, null::integer as blurred_images, null::timestamp as "
      "asked_before_at, {} as currency, {}{}",
      kSimulatedCurrency, unknown_generation_columns(), simulated_origins(kSignals));
}

}  // namespace gsa::pipeline
