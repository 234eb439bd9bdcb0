#pragma once

// The events of a source as one SELECT with typed columns, by a mapping.

#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"
#include "prompts/event_rows.h"
#include "telemetry/attributes.h"
#include "telemetry/mapping.h"

namespace gsa::telemetry {

// Adds the SQL functions that select_events() uses, besides those of prompts/values.h. Call it once
// per database.
//   gsa_status(status varchar, error varchar, http varchar) → utinyint: the Status; 255: unknown
//   gsa_knows_status(…the same…) → boolean: false if the vocabulary lacks the word
//   gsa_feedback(varchar) → utinyint: the Feedback
//   gsa_flag(varchar) → boolean
//   gsa_amount(varchar) → varchar, a decimal number; gsa_currency(varchar) → varchar
//   gsa_duration_ms(varchar, unit varchar) → double
void register_telemetry_functions(duck::Connection& connection);

// A value of a signal that was not taken, and why: a condition over the columns of the SELECT.
struct OddEvent {
  Signal signal;
  std::string column;     // its path in the source
  std::string_view what;  // "below 0": completes "values of 'latency' that are …"
  std::string_view rule;  // what becomes of it: "left unknown", "left out"
  std::string condition;
  std::string text;  // SQL: the value as the source has it
};

struct EventSql {
  // event_row BIGINT, then a column for each signal of the mapping, under these names and types:
  //   generation_key, user_key, session_key VARCHAR; generated_at, signup_at TIMESTAMP (UTC);
  //   latency_ms INTEGER; status UTINYINT (a Status), status_word VARCHAR, knows_status BOOLEAN;
  //   cost DECIMAL(18, 8), currency VARCHAR; retry_count SMALLINT; feedback UTINYINT (a Feedback);
  //   downloaded BOOLEAN; prompt, negative_prompt, model, sampler, quality, user_tier, region,
  //   device_type VARCHAR; width, height, steps USMALLINT; guidance FLOAT; seed UBIGINT;
  //   image_count INTEGER
  // A value is null if the source lacks it, or if it cannot be. Rows without a plausible time are
  // there, with null. Then a VARCHAR column for each attribute and, if there are some and keys are
  // hashed, plain_user_key. Further columns are what the conditions of `odd` read.
  std::string select;
  std::string forgotten;             // the same of the rows of forgotten users; "": there are none
  std::vector<std::string> columns;  // the names of the columns after event_row
  std::vector<OddEvent> odd;
  std::string
      is_odd;  // a condition over the SELECT's columns: whether one of `odd` holds; may be ""
};

// Times after `latest_us` are not accepted. Throws Error if the mapping names a path that the
// source does not have, or if the unit of a latency or the scale of a rating is not known.
EventSql select_events(const prompts::EventRows& rows, const Mapping& mapping,
                       std::int64_t latest_us, const std::vector<Attribute>& attributes = {});

}  // namespace gsa::telemetry
