#include "jinja/python_strftime.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::jinja {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

// Fills in the day of the week and of the year too.
std::tm calendar(const TimeParts& parts) {
  using std::chrono::sys_days;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(parts.year)),
                                         std::chrono::month(static_cast<unsigned>(parts.month)),
                                         std::chrono::day(static_cast<unsigned>(parts.day)));
  const auto first = sys_days(date.year() / std::chrono::January / 1);
  std::tm tm{};
  tm.tm_year = static_cast<int>(parts.year) - 1900;
  tm.tm_mon = static_cast<int>(parts.month) - 1;
  tm.tm_mday = static_cast<int>(parts.day);
  tm.tm_hour = static_cast<int>(parts.hour);
  tm.tm_min = static_cast<int>(parts.minute);
  tm.tm_sec = static_cast<int>(parts.second);
  tm.tm_wday = static_cast<int>(std::chrono::weekday(sys_days(date)).c_encoding());
  tm.tm_yday = static_cast<int>((sys_days(date) - first).count());
  return tm;
}

std::string by_c_library(const std::tm& tm, char directive) {
  const std::array<char, 3> format = {'%', directive, '\0'};
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::put_time(&tm, format.data());
  return out.str();
}

[[noreturn]] void unknown_directive(char directive) {
  throw Error(fmt::format("the directive %{} of a time's format is not supported", directive));
}

class Reader {
 public:
  Reader(std::string_view text, std::string_view format) : text_(text), format_(format) {}

  TimeParts read() {
    for (std::size_t i = 0; i < format_.size(); ++i) {
      if (format_[i] == '%' && i + 1 < format_.size() && format_[i + 1] != '%') {
        directive(format_[++i]);
        continue;
      }
      if (format_[i] == '%') ++i;
      if (at_ == text_.size() || text_[at_] != format_[std::min(i, format_.size() - 1)]) fail();
      ++at_;
    }
    if (at_ != text_.size()) fail();
    if (afternoon_ >= 0) parts_.hour = parts_.hour % 12 + 12 * afternoon_;
    if (day_of_year_ > 0) set_day_of_year();
    return parts_;
  }

 private:
  [[noreturn]] void fail() const {
    throw Error(fmt::format("time data '{}' does not match format '{}'", text_, format_));
  }

  std::int64_t number(std::size_t longest) {
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < longest && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9';
         ++digits) {
      value = value * 10 + (text_[at_++] - '0');
    }
    if (digits == 0) fail();
    digits_ = digits;
    return value;
  }

  // Reads a month by its whole name or by its first three letters.
  std::int64_t name_of_month(bool whole) {
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      const std::string_view name = whole ? kMonths[i] : kMonths[i].substr(0, 3);
      if (to_lower(text_.substr(at_, name.size())) != to_lower(name)) continue;
      at_ += name.size();
      return static_cast<std::int64_t>(i) + 1;
    }
    fail();
  }

  bool skip(std::string_view word) {
    if (to_lower(text_.substr(at_, word.size())) != word) return false;
    at_ += word.size();
    return true;
  }

  void directive(char c) {
    switch (c) {
      case 'Y':
        parts_.year = number(4);
        return;
      case 'y':
        parts_.year = number(2);
        parts_.year += parts_.year < 69 ? 2000 : 1900;
        return;
      case 'm':
        parts_.month = number(2);
        return;
      case 'd':
        parts_.day = number(2);
        return;
      case 'j':
        day_of_year_ = number(3);
        return;
      case 'H':
      case 'I':
        parts_.hour = number(2);
        return;
      case 'M':
        parts_.minute = number(2);
        return;
      case 'S':
        parts_.second = number(2);
        return;
      case 'f':
        parts_.microsecond = number(6);
        for (std::size_t i = digits_; i < 6; ++i) parts_.microsecond *= 10;
        return;
      case 'b':
      case 'B':
        parts_.month = name_of_month(c == 'B');
        return;
      case 'p':
        if (!skip("am") && !skip("pm")) fail();
        afternoon_ = to_lower(text_.substr(at_ - 2, 1)) == "p" ? 1 : 0;
        return;
      case 'z':
        if (!skip("z") && !skip("+00:00") && !skip("+0000")) fail();
        parts_.has_zone = true;
        return;
      default:
        unknown_directive(c);
    }
  }

  void set_day_of_year() {
    const std::chrono::year year(static_cast<int>(parts_.year));
    const std::chrono::sys_days first(year / std::chrono::January / 1);
    const std::chrono::year_month_day date(first + std::chrono::days(day_of_year_ - 1));
    if (date.year() != year) fail();
    parts_.month = static_cast<std::int64_t>(static_cast<unsigned>(date.month()));
    parts_.day = static_cast<std::int64_t>(static_cast<unsigned>(date.day()));
  }

  std::string_view text_, format_;
  std::size_t at_ = 0;           // in the text
  std::size_t digits_ = 0;       // of the last number
  std::int64_t afternoon_ = -1;  // 1 after PM
  std::int64_t day_of_year_ = 0;
  TimeParts parts_;
};

}  // namespace

TimeParts time_parts(const Value& value) {
  const Dict& attributes = value.as_object().attributes;
  const auto get = [&](std::string_view name, std::int64_t otherwise) {
    const Value* found = attributes.find(name);
    return found == nullptr ? otherwise : found->as_integer();
  };
  const Value* zone = attributes.find("tzinfo");
  return {get("year", 1900),     get("month", 1),
          get("day", 1),         get("hour", 0),
          get("minute", 0),      get("second", 0),
          get("microsecond", 0), zone != nullptr && !zone->is_none()};
}

std::string format_time(const TimeParts& parts, std::string_view format) {
  constexpr std::string_view kOfTheLibrary = "GIUVWdejmpuwyHMS";
  const std::tm tm = calendar(parts);
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out += format[i];
      continue;
    }
    const char c = format[++i];
    if (c == '-' && i + 1 < format.size()) {  // without leading zeros
      const std::string padded = by_c_library(tm, format[++i]);
      out += padded.substr(std::min(padded.find_first_not_of('0'), padded.size() - 1));
    } else if (c == 'Y') {
      out += fmt::format("{:04}", parts.year);
    } else if (c == 'F') {
      out += format_time(parts, "%Y-%m-%d");
    } else if (c == 'T' || c == 'X') {
      out += format_time(parts, "%H:%M:%S");
    } else if (c == 'D' || c == 'x') {
      out += format_time(parts, "%m/%d/%y");
    } else if (c == 'c') {
      out += format_time(parts, "%a %b %e %H:%M:%S %Y");
    } else if (c == 'f') {
      out += fmt::format("{:06}", parts.microsecond);
    } else if (c == 'B' || c == 'b') {
      out += kMonths.at(static_cast<std::size_t>(tm.tm_mon)).substr(0, c == 'b' ? 3 : 9);
    } else if (c == 'A' || c == 'a') {
      out += kWeekdays.at(static_cast<std::size_t>(tm.tm_wday)).substr(0, c == 'a' ? 3 : 9);
    } else if (c == 'z' || c == 'Z') {
      if (parts.has_zone) out += c == 'z' ? "+0000" : "UTC";
    } else if (c == '%') {
      out += '%';
    } else if (kOfTheLibrary.find(c) != std::string_view::npos) {
      out += by_c_library(tm, c);
    } else {
      unknown_directive(c);
    }
  }
  return out;
}

TimeParts parse_time(std::string_view text, std::string_view format) {
  return Reader(text, format).read();
}

}  // namespace gsa::jinja
