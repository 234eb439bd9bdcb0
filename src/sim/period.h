#pragma once

// The months that are simulated: their times, their numbers, and how people write them. Times are
// microseconds since 1970-01-01 UTC, as DuckDB's TIMESTAMP.

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

  // The month's number among all months, counted from kAnchor outwards: 0 for 2025-12, 1 for
  // 2026-01, 2 for 2025-11, 3 for 2026-02 … What is numbered by it, such as prompts, has the same
  // numbers whichever other months are made.
  std::int64_t slot() const;

  friend auto operator<=>(const Period&, const Period&) = default;
};

// Never to be changed: every id and signup made so far counts from it.
inline constexpr Period kAnchor{2025, 12};

Period period_at(std::int64_t month_index);

// What people may ask for. The last moment of 9998 fits every timestamp on the way to the reader.
inline constexpr int kMinYear = 1970, kMaxYear = 9998;
inline constexpr std::int64_t kMaxMonths = 1200;

// "2025-10"; throws Error for anything else and for years out of the range.
Period parse_period(std::string_view text);

// months = part *( "," part ); part = month / month ".." month; spaces around a part are ignored.
// Ascending, each month once, 1 to kMaxMonths of them; throws Error for anything else and for
// ranges that descend.
std::vector<Period> parse_months(std::string_view text);

// "2025-10, 2025-12 to 2026-02". `months` are ascending, each once.
std::string describe(const std::vector<Period>& months);

}  // namespace gsa::sim
