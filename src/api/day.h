#pragma once

// Calendar days as numbers since 1970-01-01 (like DuckDB's DATE), and their texts.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gsa::api {

using Day = std::int32_t;

std::optional<Day> parse_day(std::string_view text);  // "2025-12-01", years 1 to 9999
std::string day_text(Day day);                        // "2025-12-01"
std::string month_text(Day day);                      // "2025-12"
Day monday_of(Day day);
int weekday_of(Day day);  // 1 (Monday) to 7

// "2025-12-05T14:03:59.123456Z" from DuckDB's text "2025-12-05 14:03:59.123456".
std::string iso_time(std::string_view sql_timestamp);

// Both days are included.
struct DayRange {
  Day from = 0, to = 0;
  int days() const { return to - from + 1; }
  bool operator==(const DayRange&) const = default;
};

// The first or last day of the month that is `months` after the day's own.
Day first_of_month(Day day, int months = 0);
Day last_of_month(Day day, int months = 0);

// The range to compare with: for whole calendar months, as many months right before them (December
// with November); for any other range, as many days right before it.
DayRange previous(const DayRange& days);

}  // namespace gsa::api
