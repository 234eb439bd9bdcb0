#pragma once

// How old the data of a source or model may be, as `freshness:` says it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dbt/config.h"

namespace gsa::dbt {

enum class Period { minute, hour, day };

// "12 hours"
struct AgeLimit {
  std::int64_t count = 0;
  Period period = Period::day;

  std::int64_t seconds() const;
};

struct Freshness {
  std::optional<AgeLimit> warn_after;  // this or the other is set
  std::optional<AgeLimit> error_after;
  std::string filter;           // the condition on rows that count; empty: all
  std::string loaded_at_field;  // the SQL of when a row came (UTC); empty: the data does not say
};

// `layers` are settings from the farthest to the nearest: each wins over those before it, limit by
// limit; null switches off what they said. Nothing where no limit is left. Throws Error at the
// place of a layer that is not {warn_after: {count, period}, error_after: {count, period}, filter},
// or which has another key than these and `more_keys`.
std::optional<Freshness> read_freshness(const std::vector<Setting>& layers,
                                        const ProjectFiles& files,
                                        const std::vector<std::string>& more_keys = {});

}  // namespace gsa::dbt
