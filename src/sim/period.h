#pragma once

// The months that can be simulated: their times, their numbers and their notation. Times are
// microseconds since 1970-01-01 UTC, as in DuckDB's TIMESTAMP.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::sim {

struct Period {
  int year = 2025;
  int month = 12;  // 1 to 12

  std::int64_t begin_us() const;     // inclusive
  std::int64_t end_us() const;       // exclusive: the first moment of the next month
  std::int64_t month_index() const;  // months since 1970-01
  std::string name() const;          // "2025-12"

  // The month's number among all months, counted outwards from kAnchor: 0 for 2025-12, 1 for
  // 2026-01, 2 for 2025-11, 3 for 2026-02 … Numbers derived from it, such as prompt ids, stay the
  // same whichever other months are made.
  std::int64_t slot() const;

  friend auto operator<=>(const Period&, const Period&) = default;
};

// Never change it: all ids and signups count from it.
inline constexpr Period kAnchor{2025, 12};

Period period_at(std::int64_t month_index);

// The range that users may ask for. Every timestamp type between here and the reader can hold the
// last moment of 9998.
inline constexpr int kMinYear = 1970, kMaxYear = 9998;
inline constexpr std::int64_t kMaxMonths = 1200;

// Reads "2025-10". Throws Error for anything else and for years out of range.
Period parse_period(std::string_view text);

// months = part *( "," part ); part = month / month ".." month; spaces around a part are ignored.
// The result is ascending, without duplicates, 1 to kMaxMonths long. Throws Error for anything else
// and for descending ranges.
std::vector<Period> parse_months(std::string_view text);

// "2025-10, 2025-12 to 2026-02". `months` are ascending and without duplicates.
std::string describe(const std::vector<Period>& months);

}  // namespace gsa::sim
