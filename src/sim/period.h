#pragma once

// The month that is simulated. Times are microseconds since 1970-01-01 UTC, as DuckDB's TIMESTAMP.

#include <cstdint>
#include <string>

namespace gsa::sim {

struct Period {
  int year = 2025;
  int month = 12;  // 1 to 12

  std::int64_t begin_us() const;  // inclusive
  std::int64_t end_us() const;    // exclusive: the first moment of the next month
  std::string name() const;       // "2025-12"
};

}  // namespace gsa::sim
