#pragma once

// What the values of a source's columns look like: enough to tell a signal from a column that only
// has its name.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "duck/database.h"
#include "prompts/event_rows.h"

namespace gsa::telemetry {

struct ColumnProfile {
  std::string path;
  std::string type;           // DuckDB's
  std::int64_t rows = 0;      // that were looked at
  std::int64_t present = 0;   // with a value, not null, blank, none …
  std::int64_t distinct = 0;  // about
  std::int64_t numbers = 0;   // values that are numbers
  std::int64_t whole = 0;     // numbers without a fraction
  std::int64_t times = 0;     // values that are times from 2000 to tomorrow, as text or as numbers
  std::optional<double> low, median, high;  // of the numbers
  std::vector<std::string> examples;        // frequent values, at most 5

  bool is_numeric() const { return present > 0 && numbers == present; }
  bool is_whole() const { return is_numeric() && whole == present; }
  // Most values are times.
  bool is_time() const { return present > 0 && times * 10 >= present * 9; }
};

// Looks at all rows, or at the first ones and at blocks spread over the rest, the same for every
// call; of more than `most_rows`, only at so many from the first on.
std::vector<ColumnProfile> profile_columns(duck::Connection& connection,
                                           const prompts::EventRows& rows,
                                           std::int64_t most_rows = prompts::EventRows::kAllRows);

// The condition on event_row for the rows that profile_columns() looks at; "true" for all.
std::string sampled_rows(std::int64_t rows);

}  // namespace gsa::telemetry
