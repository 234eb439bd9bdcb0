#pragma once

// The events of a source as temporary tables: one row per generation, and one per user.
//
// A row of the source is an event if the mapping's conditions hold, and if it has a plausible time.
// Rows with the same generation key are one generation: the last of them counts. A sample takes
// whole users, so that it cuts no session: users are drawn in the order of random keys, which are
// functions of (seed, user key), until there are enough events; each event without a user counts
// as a user of its own.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/finding.h"
#include "duck/database.h"
#include "prompts/event_rows.h"
#include "prompts/source_rows.h"
#include "prompts/temp_table.h"
#include "telemetry/attributes.h"
#include "telemetry/mapping.h"

namespace gsa::telemetry {

// Findings.
inline constexpr std::string_view kRepeatedKeys = "rows with the generation key of a later row";
inline constexpr std::string_view kWithoutUser = "generations without a user";

struct EventTables {
  // generation_id INTEGER (the number of the row in the source), user_id INTEGER (null: unknown),
  // and the columns of select_events() that the mapping has, in the order of generation_id.
  prompts::TempTable events;
  // user_id INTEGER (dense from 0, in the order of first_seen and user_key), user_key VARCHAR,
  // first_seen TIMESTAMP; and, of those that the mapping has, user_tier, region, device_type
  // VARCHAR (the latest that is known) and signup_at TIMESTAMP (the earliest).
  prompts::TempTable users;

  // generation_key VARCHAR of the rows of forgotten users, whom the mapping names.
  prompts::TempTable forgotten;

  std::vector<std::string> columns = {};       // of `events`, besides the ids
  std::vector<std::string> user_columns = {};  // of `users`, besides user_id and user_key
  // Of the events, as VARCHAR columns of `events`. Besides what is no signal, the tier, region and
  // device of the event, if they change from event to event of a user.
  std::vector<Attribute> attributes = {};
  std::int64_t rows_in_source = 0;
  std::int64_t rows_of_events = 0;  // of these, by the mapping, also without a time
  std::int64_t event_count = 0;
  std::int64_t user_count = 0;
  bool has_odd = false;  // find_odd_events() finds some
  bool sampled = false;  // some events of the source are left out
  std::vector<Finding> findings = {};

  bool has(std::string_view column) const;
  bool users_have(std::string_view column) const;
};

// Leaves out rows of forgotten users. Reads at least `wanted` events, or all if that is 0 or the
// source has fewer. Needs the SQL functions of prompts::register_functions() and
// register_telemetry_functions().
EventTables read_events(duck::Connection& connection, const prompts::RunQuery& run,
                        const prompts::EventRows& rows, const Mapping& mapping, std::int64_t wanted,
                        std::uint64_t seed);
// Throws Error that says why there is no event, if there is none.
void require_events(const EventTables& tables);

// The traits of users that the events tell in one column each, with path and column.
std::vector<std::pair<std::string, std::string>> traits_of(const Mapping& mapping,
                                                           const EventTables& tables);
// The traits that some event says otherwise than its user's latest: of events, these are
// attributes. `events` has user_id and the traits.
std::vector<std::pair<std::string, std::string>> changing_traits(duck::Connection& connection,
                                                                 const Mapping& mapping,
                                                                 const EventTables& tables,
                                                                 const std::string& events);

// Adds what another source says of the users: tier, region, device and signup, where it says them;
// of several rows for a user the last counts. A time that is no signup by its name is the signup.
// Users without events join the others, with first_seen null.
void add_user_records(duck::Connection& connection, const prompts::EventRows& rows,
                      const Mapping& mapping, EventTables& tables);

// What another source says of generations by their key: of several rows for a generation the last
// counts.
struct FeedbackRecords {
  // Among others generation_key VARCHAR and, of those that the mapping has, feedback UTINYINT (0:
  // thumbs up, 1: thumbs down) and downloaded BOOLEAN.
  prompts::TempTable last;
  std::vector<std::string> columns = {};  // which of these two `last` has
};

// Throws Error if the source has no generation keys.
FeedbackRecords read_feedback(duck::Connection& connection, const prompts::EventRows& rows,
                              const Mapping& mapping);
// Adds what the records say of the events. Leaves out generations of forgotten users. Throws Error
// if the events have no generation keys.
void add_feedback(duck::Connection& connection, const FeedbackRecords& records,
                  EventTables& tables);
// The records of generations that are in none of these relations. A relation has generation_key.
Finding feedback_without(duck::Connection& connection, const FeedbackRecords& records,
                         const std::vector<std::string>& generations);

// Users whose signup is after their first event: it is left unknown.
Finding drop_late_signups(duck::Connection& connection, EventTables& tables);

// The values of the source that were not taken, with count, place and the first of them. Reads the
// source again.
std::vector<Finding> find_odd_events(duck::Connection& connection, const prompts::EventRows& rows,
                                     const Mapping& mapping);

}  // namespace gsa::telemetry
