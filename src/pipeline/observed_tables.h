#pragma once

// Builds raw_users and raw_generations from data that has its own users, times, images and blurred
// images; simulates the rest.

#include <cstdint>
#include <string>

#include "duck/database.h"
#include "prompts/observed.h"

namespace gsa::pipeline {

// Registers gsa_user_traits(user_name), gsa_outcome(generation_id, token_count, has_safety_keyword,
// tier, safety_check) and gsa_outcome_of_status(…, tier, status). The last two arguments are
// numbers of sim's enums; a status of none of them is simulated, too. Call it once per database.
void register_observed_simulation(duck::Connection& connection, std::uint64_t seed);

// The statements that build the tables, in order of their ids, from the observations of
// prompts::ingest() and the tables built before.
std::string create_observed_users(const std::string& table, const prompts::Observed& observed);
std::string create_observed_generations(const std::string& table, const std::string& raw_prompts,
                                        const std::string& raw_users,
                                        const prompts::Observed& observed);

// The signals in the source: "users, times, images, retries and blurred images".
std::string observed_signals(const prompts::Observed& observed);

// The months of the data: "2022-08", "2022-08 to 2022-10".
std::string observed_period(duck::Connection& connection, const prompts::Observed& observed);

}  // namespace gsa::pipeline
