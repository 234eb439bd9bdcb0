#include "dbt/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::dbt {
namespace {

bool all_of_set(std::string_view text, std::string_view set) {
  return !text.empty() && text.find_first_not_of(set) == std::string_view::npos;
}

constexpr std::string_view kDigits = "0123456789_";

// Consumes a sign from `text`.
bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

std::string without_underscores(std::string_view text) { return replace_all(text, "_", ""); }

// The number with these digits in that base; as decimal text if it needs more than 64 bits.
std::optional<Value> integer_of(std::string_view digits, int base, bool negative) {
  std::string text = without_underscores(digits);
  if (text.empty()) text = "0";
  if (negative) text.insert(0, "-");
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return Value(number);
  if (base == 10) return Value(text);
  throw Error(fmt::format("the number {} takes more than 64 bits", text));
}

// The parts of "12:30:05", which means 45005: each part counts sixty times the next. Null if it is
// not such a number.
std::optional<std::vector<std::string>> sexagesimal_parts(std::string_view text) {
  std::vector<std::string> parts = split(text, ':');
  if (parts.size() < 2 || !all_of_set(parts[0], kDigits) || !is_digit(parts[0][0])) {
    return std::nullopt;
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string& part = parts[i];
    const bool fits = all_of_set(part, "0123456789") &&
                      (part.size() == 1 || (part.size() == 2 && part[0] <= '5'));
    if (!fits) return std::nullopt;
  }
  return parts;
}

std::optional<double> sexagesimal(std::string_view text) {
  const auto parts = sexagesimal_parts(text);
  if (!parts) return std::nullopt;
  double number = 0;
  for (const std::string& part : *parts) {
    double digits = 0;
    const std::string clean = without_underscores(part);
    std::from_chars(clean.data(), clean.data() + clean.size(), digits);
    number = number * 60 + digits;
  }
  return number;
}

std::optional<Value> integer(std::string_view text) {
  const bool negative = take_sign(text);
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  if (text.starts_with("0b") && all_of_set(text.substr(2), "01_")) {
    return integer_of(text.substr(2), 2, negative);
  }
  if (text.starts_with("0x") && all_of_set(text.substr(2), "0123456789abcdefABCDEF_")) {
    return integer_of(text.substr(2), 16, negative);
  }
  if (text == "0") return Value(0);
  if (text[0] == '0') {
    if (!all_of_set(text.substr(1), "01234567_")) return std::nullopt;
    return integer_of(text.substr(1), 8, negative);
  }
  if (all_of_set(text, kDigits)) return integer_of(text, 10, negative);
  const auto number = sexagesimal(text);
  constexpr double kExact = 9007199254740992;  // above 2^53 a double skips integers
  if (!number || *number >= kExact) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(*number);
  return Value(negative ? -whole : whole);
}

// digits "." [digits] [e sign digits], or "." digits [e sign digits].
bool is_decimal(std::string_view text) {
  const std::size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) {
    const std::string_view power = text.substr(e + 1);
    if (!power.starts_with('+') && !power.starts_with('-')) return false;
    if (!all_of_set(power.substr(1), "0123456789")) return false;
    text = text.substr(0, e);
  }
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view whole = text.substr(0, dot), fraction = text.substr(dot + 1);
  if (!whole.empty()) {
    return is_digit(whole[0]) && all_of_set(whole, kDigits) &&
           (fraction.empty() || all_of_set(fraction, kDigits));
  }
  return all_of_set(fraction, kDigits) && is_digit(fraction[0]);
}

std::optional<Value> floating(const std::string& text) {
  std::string_view rest = text;
  const bool negative = take_sign(rest);
  const bool is_signed = rest.size() != text.size();
  const double sign = negative ? -1 : 1;
  const std::string lower = to_lower(rest);
  if (lower == ".inf" && (rest == ".inf" || rest == ".Inf" || rest == ".INF")) {
    return Value(sign * std::numeric_limits<double>::infinity());
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return Value(std::numeric_limits<double>::quiet_NaN());
  }
  if (is_decimal(rest) && !(is_signed && rest.starts_with('.'))) {
    const std::string clean = without_underscores(rest);
    double number = 0;
    std::from_chars(clean.data(), clean.data() + clean.size(), number);
    return Value(sign * number);
  }
  const std::size_t dot = rest.rfind('.');
  if (dot == std::string_view::npos || rest.find(':') == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view tail = rest.substr(dot + 1);
  const auto whole = sexagesimal(rest.substr(0, dot));
  if (!whole || !(tail.empty() || all_of_set(tail, kDigits))) return std::nullopt;
  const std::string clean = "0." + without_underscores(tail);
  double fraction = 0;
  std::from_chars(clean.data(), clean.data() + clean.size(), fraction);
  return Value(sign * (*whole + fraction));
}

// Reads digits and separators in fixed formats, from the left.
class Digits {
 public:
  explicit Digits(std::string_view text) : rest_(text) {}
  // A number of `least` to `most` digits.
  bool number(std::size_t least, std::size_t most, int& out) {
    std::size_t size = 0;
    while (size < most && size < rest_.size() && is_digit(rest_[size])) ++size;
    if (size < least) return false;
    const std::string_view digits = rest_.substr(0, size);
    std::from_chars(digits.begin(), digits.end(), out);
    rest_.remove_prefix(size);
    return true;
  }
  bool character(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool blanks() {
    const std::size_t size = std::min(rest_.find_first_not_of(" \t"), rest_.size());
    rest_.remove_prefix(size);
    return size > 0;
  }
  std::string_view take_digits() {
    const std::size_t size = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    const std::string_view digits = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return digits;
  }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// "Z", "+1", "-05:30" in Python's notation of an offset: "+00:00".
std::optional<std::string> offset_text(Digits& digits) {
  if (digits.character('Z')) return "+00:00";
  const bool negative = digits.rest().starts_with('-');
  if (!negative && !digits.rest().starts_with('+')) return std::nullopt;
  digits.character(negative ? '-' : '+');
  int hours = 0, minutes = 0;
  if (!digits.number(1, 2, hours)) return std::nullopt;
  if (digits.character(':') && !digits.number(2, 2, minutes)) return std::nullopt;
  return fmt::format("{}{:02}:{:02}", negative && hours + minutes > 0 ? '-' : '+', hours, minutes);
}

void check_date(const std::string& text, int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (date.ok() && year > 0) return;
  throw Error(fmt::format("there is no date {}", text), "put quotes around it if it is text");
}

std::optional<Value> timestamp(const std::string& text) {
  Digits digits(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!digits.number(4, 4, year) || !digits.character('-')) return std::nullopt;
  if (!digits.number(1, 2, month) || !digits.character('-')) return std::nullopt;
  if (!digits.number(1, 2, day)) return std::nullopt;
  if (digits.at_end()) {
    constexpr std::size_t kFullDate =
        10;  // a date without a time needs two digits for month and day
    if (text.size() != kFullDate) return std::nullopt;
    check_date(text, year, month, day);
    return Value(text);
  }
  if (!digits.character('T') && !digits.character('t') && !digits.blanks()) return std::nullopt;
  if (!digits.number(1, 2, hour) || !digits.character(':')) return std::nullopt;
  if (!digits.number(2, 2, minute) || !digits.character(':')) return std::nullopt;
  if (!digits.number(2, 2, second)) return std::nullopt;
  std::string fraction;
  if (digits.character('.')) fraction = digits.take_digits().substr(0, 6);
  if (!fraction.empty()) fraction.resize(6, '0');
  const bool gap = digits.blanks();
  std::string offset;
  if (!digits.at_end()) {
    const auto read = offset_text(digits);
    if (!read || !digits.at_end()) return std::nullopt;
    offset = *read;
  } else if (gap) {
    return std::nullopt;
  }
  check_date(text, year, month, day);
  if (hour > 23 || minute > 59 || second > 59) {
    throw Error(fmt::format("there is no time {}", text), "put quotes around it if it is text");
  }
  const std::string tail = all_of_set(fraction, "0") || fraction.empty() ? "" : "." + fraction;
  return Value(fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}{}", year, month, day, hour,
                           minute, second, tail, offset));
}

}  // namespace

Value plain_scalar(const std::string& text) {
  static const std::set<std::string, std::less<>> kNull = {"", "~", "null", "Null", "NULL"};
  static const std::set<std::string, std::less<>> kTrue = {"true", "True", "TRUE", "yes", "Yes",
                                                           "YES",  "on",   "On",   "ON"};
  static const std::set<std::string, std::less<>> kFalse = {"false", "False", "FALSE", "no", "No",
                                                            "NO",    "off",   "Off",   "OFF"};
  if (kNull.contains(text)) return Value();
  if (kTrue.contains(text)) return Value(true);
  if (kFalse.contains(text)) return Value(false);
  if (text == "=") throw Error("a lone = has a meaning of its own in YAML", "write '='");
  if (!is_digit(text[0]) && text[0] != '.' && text[0] != '+' && text[0] != '-') return Value(text);
  if (auto value = integer(text)) return *value;
  if (auto value = floating(text)) return *value;
  if (auto value = timestamp(text)) return *value;
  return Value(text);
}

Value tagged_scalar(std::string_view tag, const std::string& text) {
  constexpr std::string_view kStandard = "tag:yaml.org,2002:";
  const std::string name(tag.starts_with(kStandard) ? tag.substr(kStandard.size()) : tag);
  if (name == "str") return Value(text);
  if (name == "null") return Value();
  Value value = plain_scalar(text);
  if (name == "bool" && value.kind() == Value::Kind::boolean) return value;
  if (name == "int" && value.is_integer()) return value;
  if (name == "float" && value.is_number()) return Value(value.as_double());
  if (name == "timestamp") return value;
  throw Error(fmt::format("the tag {} does not fit here", tag), "leave it out");
}

}  // namespace gsa::dbt
