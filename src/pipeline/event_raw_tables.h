#pragma once

// Builds raw_prompts, raw_users and raw_generations from a product's own events. What the source
// does not tell stays null, and the origin of its signal is 'unknown', unless it is estimated or
// simulated by choice. What is simulated needs register_observed_simulation().

#include <cstdint>
#include <string>

#include "duck/database.h"
#include "pipeline/missing_signals.h"
#include "telemetry/event_tables.h"
#include "telemetry/mapping.h"
#include "telemetry/prices.h"

namespace gsa::pipeline {

// The statements that build the tables, in order of their ids. A prompt has the id of its
// generation; generations without a prompt have none.
std::string create_event_prompts(const std::string& table, const telemetry::EventTables& events);
std::string create_event_users(const std::string& table, const telemetry::EventTables& events,
                               const MissingSignals& missing);
// `missing` says what is simulated where the source does not tell it. `prices` gives costs, of
// origin 'estimated', to generations without one; null: no cost is estimated.
std::string create_event_generations(const std::string& table, const std::string& raw_prompts,
                                     const telemetry::EventTables& events,
                                     const telemetry::PriceTable* prices,
                                     const MissingSignals& missing);

// SQL of the column `attributes`: a struct with a field for each; null of a plain type if there are
// none.
std::string attributes_struct(const telemetry::EventTables& events);

// SELECTs of `generated_at` and, for the other signals, of a column each that is null where the
// source does not tell it; of raw_generations, and of events.
std::string select_observed(const std::string& raw_generations);
std::string select_observed(const telemetry::EventTables& events);

// The signals in the source, with the share of generations where it is not all: "users, times,
// statuses, latencies (98.2 %)". `observed` is a select_observed() in brackets.
std::string event_signals(duck::Connection& connection, const std::string& observed);

// The months of the events, from anything with `generated_at`: "2026-02", "2026-02 to 2026-04".
std::string period_of(duck::Connection& connection, const std::string& observed);

}  // namespace gsa::pipeline
