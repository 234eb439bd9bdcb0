#pragma once

// raw_users and raw_generations: the simulation as SQL functions, and the statements that use them.
// Users are those of all months; generations are built by month, in any order.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"
#include "sim/period.h"

namespace gsa::pipeline {

struct SimulationOptions {
  std::int32_t users = 500;
  std::uint64_t seed = 42;
  std::vector<sim::Period> months = {sim::Period{}};  // at least one
};

// Registers for these options, once per database:
//   gsa_user(user_id integer) → struct(user_tier, region, device_type, signup_at)
//   gsa_is_user(user_id integer) → boolean: is in the population of one of the months
//   gsa_generation(month_index integer, generation_id integer, token_count integer,
//                  has_safety_keyword boolean) → struct(user_id, generated_at, latency_ms, …)
// gsa_generation takes any month, by its period's month_index(), and never null. It caches the
// populations of the few months used last; a query over more months is correct but recomputes
// populations. Throws Error if the ids of this many users do not fit the months.
void register_simulation(duck::Connection& connection, const SimulationOptions& options);

// Signals of a generation that may be observed or simulated. raw_generations has a column
// SIGNAL_origin for each.
inline constexpr std::array<std::string_view, 9> kSignals = {
    "user", "time", "status", "latency", "cost", "retry", "feedback", "download", "model"};
// The type of an origin column.
inline constexpr std::string_view kOriginType =
    "enum('observed', 'estimated', 'simulated', 'unknown')";
// The attributes of generations whose source has none, as SQL. A null of a plain type costs
// nothing.
inline constexpr std::string_view kNoAttributes = "null::varchar";
// The currency of simulated costs, as SQL.
inline constexpr std::string_view kSimulatedCurrency = "'credits'::enum('credits')";

// The statement that builds the users, in order of their ids: every user of any month once.
std::string create_raw_users(const std::string& table, const SimulationOptions& options);
// Columns of raw_prompts and raw_generations with one value for all rows, as the end of a select
// list. The latter are what only a source can know: its keys, its words, traits as of the event.
std::string constant_prompt_columns();
std::string unknown_generation_columns();
// The query for the generations of one month from its prompts, in order of their ids; and the other
// columns of raw_generations, with one value for all rows, as the end of a select list.
std::string select_raw_generations(const std::string& raw_prompts, const sim::Period& period);
std::string constant_generation_columns();

}  // namespace gsa::pipeline
