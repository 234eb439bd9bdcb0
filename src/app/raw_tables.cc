#include "app/raw_tables.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "duck/function.h"
#include "sim/telemetry.h"
#include "sim/users.h"

namespace gsa::app {
namespace {

using duck::Arguments;
using duck::Output;
using duck::Type;

Type enumeration(std::span<const std::string_view> names) {
  return Type::enumeration({names.begin(), names.end()});
}

Type user_type() {
  return Type::structure({{"user_tier", enumeration(sim::kTierNames)},
                          {"region", enumeration(sim::kRegionNames)},
                          {"device_type", enumeration(sim::kDeviceNames)},
                          {"signup_at", Type::of(DUCKDB_TYPE_TIMESTAMP)}});
}

void fill_users(const SimulationOptions& options, const Arguments& in, Output& out) {
  const auto* ids = in.column<std::int32_t>(0);
  auto* tiers = out.member(0).data<std::uint8_t>();
  auto* regions = out.member(1).data<std::uint8_t>();
  auto* devices = out.member(2).data<std::uint8_t>();
  auto* signups = out.member(3).data<std::int64_t>();
  for (std::size_t row = 0; row < in.rows(); ++row) {
    const sim::User user = sim::user_at(options.seed, options.period, ids[row]);
    tiers[row] = static_cast<std::uint8_t>(user.tier);
    regions[row] = static_cast<std::uint8_t>(user.region);
    devices[row] = static_cast<std::uint8_t>(user.device);
    signups[row] = user.signup_us;
  }
}

Type generation_type() {
  return Type::structure({{"user_id", Type::of(DUCKDB_TYPE_INTEGER)},
                          {"generated_at", Type::of(DUCKDB_TYPE_TIMESTAMP)},
                          {"latency_ms", Type::of(DUCKDB_TYPE_INTEGER)},
                          {"status", enumeration(sim::kStatusNames)},
                          {"cost_credits", Type::decimal(12, 4)},
                          {"retry_count", Type::of(DUCKDB_TYPE_TINYINT)},
                          {"feedback", enumeration(sim::kFeedbackNames)},
                          {"downloaded", Type::of(DUCKDB_TYPE_BOOLEAN)},
                          {"model_version", enumeration(sim::kModelNames)}});
}

// The population and the telemetry drawn from it, shared by the function's threads.
struct Simulation {
  explicit Simulation(const SimulationOptions& options)
      : users(options.seed, options.period, options.users),
        telemetry(options.seed, options.period, users) {}
  sim::Population users;
  sim::Telemetry telemetry;
};

void fill_generations(const sim::Telemetry& telemetry, const Arguments& in, Output& out) {
  const auto* ids = in.column<std::int32_t>(0);
  const auto* token_counts = in.column<std::int32_t>(1);
  const auto* keywords = in.column<bool>(2);
  auto* user_ids = out.member(0).data<std::int32_t>();
  auto* times = out.member(1).data<std::int64_t>();
  auto* latencies = out.member(2).data<std::int32_t>();
  auto* statuses = out.member(3).data<std::uint8_t>();
  auto* costs = out.member(4).data<std::int64_t>();
  auto* retries = out.member(5).data<std::int8_t>();
  Output feedback_column = out.member(6);
  auto* feedbacks = feedback_column.data<std::uint8_t>();
  auto* downloads = out.member(7).data<bool>();
  auto* models = out.member(8).data<std::uint8_t>();
  for (std::size_t row = 0; row < in.rows(); ++row) {
    const sim::Generation g =
        telemetry.at(static_cast<std::uint64_t>(ids[row]), {token_counts[row], keywords[row]});
    user_ids[row] = g.user_id;
    times[row] = g.generated_us;
    latencies[row] = g.latency_ms;
    statuses[row] = static_cast<std::uint8_t>(g.status);
    costs[row] = g.cost;
    retries[row] = static_cast<std::int8_t>(g.retry_count);
    downloads[row] = g.downloaded;
    models[row] = static_cast<std::uint8_t>(g.model);
    if (g.feedback == sim::Feedback::none) {
      feedback_column.set_null(row);
    } else {
      feedbacks[row] = static_cast<std::uint8_t>(g.feedback == sim::Feedback::thumbs_up ? 0 : 1);
    }
  }
}

}  // namespace

void register_simulation(duck::Connection& connection, const SimulationOptions& options) {
  duck::register_function(
      connection, {"gsa_user",
                   {Type::of(DUCKDB_TYPE_INTEGER)},
                   user_type(),
                   [options](const Arguments& in, Output& out) { fill_users(options, in, out); }});
  auto simulation = std::make_shared<const Simulation>(options);
  duck::register_function(connection,
                          {"gsa_generation",
                           {Type::of(DUCKDB_TYPE_INTEGER), Type::of(DUCKDB_TYPE_INTEGER),
                            Type::of(DUCKDB_TYPE_BOOLEAN)},
                           generation_type(),
                           [simulation](const Arguments& in, Output& out) {
                             fill_generations(simulation->telemetry, in, out);
                           }});
}

std::string create_raw_users(const std::string& table, const SimulationOptions& options) {
  return fmt::format(R"(
create table {} as
select
    user_id,
    traits.user_tier as user_tier,
    traits.region as region,
    traits.device_type as device_type,
    traits.signup_at as signup_at,
    strftime(traits.signup_at, '%Y-W%W') as cohort_week
from (
    select range::integer as user_id, gsa_user(range::integer) as traits
    from range({})
))",
                     table, options.users);
}

std::string create_raw_generations(const std::string& table, const std::string& raw_prompts) {
  return fmt::format(R"(
create table {} as
select
    prompt_id as generation_id,
    prompt_id,
    outcome.user_id as user_id,
    outcome.generated_at as generated_at,
    outcome.latency_ms as latency_ms,
    outcome.status as status,
    outcome.cost_credits as cost_credits,
    outcome.retry_count as retry_count,
    outcome.feedback as feedback,
    outcome.downloaded as downloaded,
    outcome.model_version as model_version,
    token_count
from (
    select prompt_id, token_count, gsa_generation(prompt_id, token_count, has_safety_keyword) as outcome
    from {}
))",
                     table, raw_prompts);
}

}  // namespace gsa::app
