#pragma once

// What a run on events puts on record with raw_prompts: its options, the mapping, and how much is
// known of each signal.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"
#include "pipeline/event_files.h"
#include "pipeline/event_options.h"
#include "telemetry/attributes.h"
#include "telemetry/event_tables.h"
#include "telemetry/mapping.h"

namespace gsa::pipeline {

// In the metadata: each signal of each source, as JSON.
inline constexpr std::string_view kSignalEntry = "signal ";

struct EventTotals {
  std::int64_t rows_in_source = 0;
  std::int64_t rows_skipped = 0;                   // no events, without a time, or replaced
  std::map<std::string, std::int64_t> known = {};  // events that tell a signal, by its name
  std::vector<std::string> columns = {};           // of EventTables

  void add(const EventTotals& more);  // of the same columns; what is not known stays so
};
EventTotals totals_of(duck::Connection& connection, const telemetry::EventTables& events,
                      const telemetry::Mapping& mapping);

// Null: there is no such source.
struct EventMappings {
  const telemetry::Mapping* events;
  const telemetry::Mapping* users = nullptr;
  const telemetry::Mapping* feedback = nullptr;
};
std::map<std::string, std::string> event_metadata(const EventFiles& files,
                                                  const EventOptions& options,
                                                  const EventMappings& mappings,
                                                  const EventTotals& totals);

// For the metadata of raw_generations; semantic/attribute_dimensions.h reads it.
std::map<std::string, std::string> attribute_metadata(
    const std::vector<telemetry::Attribute>& attributes);

std::set<std::string> recorded_attributes(duck::Connection& connection,
                                          const std::map<std::string, std::string>& metadata);

// What event_metadata() recorded.
EventTotals recorded_totals(duck::Connection& connection,
                            const std::map<std::string, std::string>& metadata);
// Why each signal of the events is what it is, by its name.
std::map<std::string, std::string> recorded_reasons(
    duck::Connection& connection, const std::map<std::string, std::string>& metadata);
EventOptions recorded_event_options(const std::map<std::string, std::string>& metadata);

}  // namespace gsa::pipeline
