#pragma once

// Looks at a source before a run: which columns are which signals and why, how many rows have each,
// which words were read as which status, what cannot be, and what is not used.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/finding.h"
#include "duck/database.h"
#include "prompts/event_rows.h"
#include "prompts/source_rows.h"
#include "telemetry/attributes.h"
#include "telemetry/column_profile.h"
#include "telemetry/coverage.h"
#include "telemetry/detection.h"
#include "telemetry/mapping.h"

namespace gsa::telemetry {

// A source as events: its rows, what its columns look like, and the mapping that was found.
struct OpenedEvents {
  std::unique_ptr<prompts::EventRows> rows;
  std::vector<ColumnProfile> columns;
  Detection found;
};

// Opens the files, which must outlive the result, and finds the mapping. `rows_path` says where the
// rows are; empty: it is found. Reads no more than about `most_rows` of text files. Needs the SQL
// functions of prompts::register_functions(). Throws Error with file and place.
OpenedEvents open_events(duck::Connection& connection, const prompts::RunQuery& run,
                         const std::vector<prompts::SourceFile>& files,
                         const std::string& rows_path = "",
                         std::int64_t most_rows = prompts::EventRows::kAllRows);

struct StatusWord {
  std::string word;  // of the source; "" if it has none
  std::optional<Status> status;
  std::int64_t count = 0;
  bool is_known = true;  // false: the vocabulary lacks it
};

struct Inspection {
  std::int64_t rows = 0;    // in the source
  std::int64_t events = 0;  // of these, by the conditions of the mapping
  std::vector<SignalCoverage> coverage;
  std::vector<StatusWord> status_words;  // most frequent first, at most 50
  std::vector<Finding> odd;
  std::vector<Attribute> attributes;
  std::int64_t users = 0;
  std::string first_time, last_time;  // "2026-03-01 10:00:00", UTC
};

// Reads the source once more, by the mapping. Needs register_telemetry_functions().
Inspection inspect(duck::Connection& connection, const OpenedEvents& events,
                   const Mapping& mapping);

}  // namespace gsa::telemetry
