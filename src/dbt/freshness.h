#pragma once

// The age that the data of a source or model may reach, from its `freshness:`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbt/config.h"

namespace gsa::dbt {

enum class Period { minute, hour, day };

// As dbt writes it: "hour".
std::string_view period_name(Period period);

// "12 hours"
struct AgeLimit {
  std::int64_t count = 0;
  Period period = Period::day;

  std::int64_t seconds() const;
};

struct Freshness {
  std::optional<AgeLimit> warn_after;  // at least one of the two limits is set
  std::optional<AgeLimit> error_after;
  std::string filter;           // SQL condition on the rows that count; empty: all rows
  std::string loaded_at_field;  // SQL for the time (UTC) when a row arrived; empty: unknown
};

// `layers` are settings from the farthest to the nearest. Each overrides the earlier ones, limit by
// limit; null switches them off. Returns null if no limit is left. Throws Error at the place of a
// layer that is not {warn_after: {count, period}, error_after: {count, period}, filter}, or that
// has a key other than these and `more_keys`.
std::optional<Freshness> read_freshness(const std::vector<Setting>& layers,
                                        const ProjectFiles& files,
                                        const std::vector<std::string>& more_keys = {});

}  // namespace gsa::dbt
