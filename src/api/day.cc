#include "api/day.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

namespace gsa::api {
namespace {

std::chrono::year_month_day date_of(Day day) {
  return std::chrono::sys_days(std::chrono::days(day));
}

std::optional<int> number(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  return value;
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  if (!year || !month || !day || *year == 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<Day>(std::chrono::sys_days(date).time_since_epoch().count());
}

std::string day_text(Day day) {
  const auto date = date_of(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string month_text(Day day) { return day_text(day).substr(0, 7); }

int weekday_of(Day day) {
  return static_cast<int>(
      std::chrono::weekday(std::chrono::sys_days(std::chrono::days(day))).iso_encoding());
}

Day monday_of(Day day) { return day - (weekday_of(day) - 1); }

Day first_of_month(Day day, int months) {
  const auto date = date_of(day);
  const auto month = date.year() / date.month() + std::chrono::months(months);
  return static_cast<Day>(std::chrono::sys_days(month / 1).time_since_epoch().count());
}

Day last_of_month(Day day, int months) { return first_of_month(day, months + 1) - 1; }

DayRange previous(const DayRange& days) {
  const Day before = days.from - 1;
  if (days.from != first_of_month(days.from) || days.to != last_of_month(days.to)) {
    return {days.from - days.days(), before};
  }
  const auto first = date_of(days.from), last = date_of(days.to);
  const auto months = (last.year() / last.month()) - (first.year() / first.month());
  return {first_of_month(days.from, -static_cast<int>(months.count()) - 1), before};
}

std::string iso_time(std::string_view sql_timestamp) {
  std::string text(sql_timestamp);
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  return text + "Z";
}

}  // namespace gsa::api
