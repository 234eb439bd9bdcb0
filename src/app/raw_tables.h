#pragma once

// raw_users and raw_generations: the simulation as SQL functions, and the tables made with them.

#include <cstdint>
#include <string>

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

// The statements that make the tables, in order of their ids.
std::string create_raw_users(const std::string& table, const SimulationOptions& options);
std::string create_raw_generations(const std::string& table, const std::string& raw_prompts);

}  // namespace gsa::app
