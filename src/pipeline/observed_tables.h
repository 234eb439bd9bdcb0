#pragma once

// raw_users and raw_generations where users, times, images and blurred images are the data's own;
// what the data lacks is simulated.

#include <cstdint>
#include <string>

#include "duck/database.h"
#include "prompts/observed.h"

namespace gsa::pipeline {

// Registers gsa_user_traits(user_name) and gsa_outcome(generation_id, token_count,
// has_safety_keyword, tier, safety_check), the last two as numbers of sim's enums; once a database.
void register_observed_simulation(duck::Connection& connection, std::uint64_t seed);

// The statements that make the tables, in order of their ids, from what prompts::ingest() observed
// and the tables made so far.
std::string create_observed_users(const std::string& table, const prompts::Observed& observed);
std::string create_observed_generations(const std::string& table, const std::string& raw_prompts,
                                        const std::string& raw_users,
                                        const prompts::Observed& observed);

// The signals that the source has: "users, times, images, retries and blurred images".
std::string observed_signals(const prompts::Observed& observed);

// The months of the data: "2022-08", "2022-08 to 2022-10".
std::string observed_period(duck::Connection& connection, const prompts::Observed& observed);

}  // namespace gsa::pipeline
