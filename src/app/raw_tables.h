#pragma once

// raw_users and raw_generations: the simulation as SQL functions, and the tables made with them.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "duck/database.h"
#include "sim/period.h"

namespace gsa::app {

struct SimulationOptions {
  std::int32_t users = 500;
  std::uint64_t seed = 42;
  sim::Period period;
};

// Registers gsa_user(user_id) and gsa_generation(generation_id, token_count, has_safety_keyword)
// for these options; once a database.
void register_simulation(duck::Connection& connection, const SimulationOptions& options);

// What of a generation may be observed or simulated: each has its column SIGNAL_origin in
// raw_generations.
inline constexpr std::array<std::string_view, 9> kSignals = {
    "user", "time", "status", "latency", "cost", "retry", "feedback", "download", "model"};
// The type of an origin column.
inline constexpr std::string_view kOriginType = "enum('observed', 'simulated')";

// The statements that make the tables, in order of their ids.
std::string create_raw_users(const std::string& table, const SimulationOptions& options);
std::string create_raw_generations(const std::string& table, const std::string& raw_prompts);

}  // namespace gsa::app
