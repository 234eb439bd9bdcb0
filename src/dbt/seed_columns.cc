#include "dbt/seed_columns.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <regex>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "dbt/csv_records.h"

namespace gsa::dbt {
namespace {

// Currency signs around a number, which agate's Number ignores.
constexpr std::array<std::string_view, 19> kCurrencies = {
    "؋", "$", "ƒ", "៛", "¥", "₡", "₱", "£", "€", "¢", "﷼", "₪", "₩", "₭", "₮", "₦", "฿", "₤", "₫"};
// Significant digits that Python's Decimal keeps in a product.
constexpr std::int64_t kPrecision = 28;
constexpr std::int64_t kLargestExponent = 999'999;

std::string_view strip(std::string_view text, std::string_view of) {
  while (text.starts_with(of)) text.remove_prefix(of.size());
  while (text.ends_with(of)) text.remove_suffix(of.size());
  return text;
}

std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto size = static_cast<std::size_t>(end - text.begin());
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

// Digits before and after the decimal point, without trailing zeros.
struct Places {
  std::int64_t whole = 1;
  std::int64_t decimal = 0;
};

Places places_of(std::string digits, std::int64_t exponent) {
  digits.erase(0, digits.find_first_not_of('0'));
  const auto size = std::ssize(digits);
  if (size > kPrecision) {
    digits.resize(static_cast<std::size_t>(kPrecision));
    exponent += size - kPrecision;
  }
  while (digits.ends_with('0')) {
    digits.pop_back();
    ++exponent;
  }
  if (digits.empty()) return {};
  return {std::ssize(digits) + exponent, -exponent};
}

// Reads text as agate reads a number: 5, -1.50, 1e3, 12%, $1,000, NaN; null if it is not one.
std::optional<Places> number_of(std::string_view text) {
  text = strip(text, "%");
  if (text.starts_with('-')) text.remove_prefix(1);
  for (const std::string_view symbol : kCurrencies) text = strip(text, symbol);
  std::string plain(trim(text));
  std::erase_if(plain, [](char c) { return c == ',' || c == '_'; });
  std::string_view left = plain;
  if (left.starts_with('-') || left.starts_with('+')) left.remove_prefix(1);
  const std::string word = to_lower(left);
  if (word == "inf" || word == "infinity") return Places{};
  if (word.starts_with("nan") && std::all_of(word.begin() + 3, word.end(), is_digit)) {
    return Places{};
  }
  std::string digits(take_digits(left));
  std::int64_t exponent = 0;
  if (left.starts_with('.')) {
    left.remove_prefix(1);
    const std::string_view decimals = take_digits(left);
    exponent = -std::ssize(decimals);
    digits += decimals;
  }
  if (digits.empty()) return std::nullopt;
  if (left.starts_with('e') || left.starts_with('E')) {
    left.remove_prefix(1);
    const bool minus = left.starts_with('-');
    if (minus || left.starts_with('+')) left.remove_prefix(1);
    const std::string power(take_digits(left));
    if (power.empty()) return std::nullopt;
    const std::int64_t value =
        std::min<std::int64_t>(std::strtoll(power.c_str(), nullptr, 10), kLargestExponent);
    exponent += minus ? -value : value;
  }
  if (!left.empty()) return std::nullopt;
  return places_of(std::move(digits), exponent);
}

bool is_day(int year, int month, int day) {
  return year > 0 && std::chrono::year_month_day(std::chrono::year(year),
                                                 std::chrono::month(static_cast<unsigned>(month)),
                                                 std::chrono::day(static_cast<unsigned>(day)))
                         .ok();
}

int number(const std::csub_match& match) { return std::atoi(match.str().c_str()); }

bool matches(std::string_view text, std::cmatch& parts, const std::regex& pattern) {
  return std::regex_match(text.data(), text.data() + text.size(), parts, pattern);
}

// True for %Y-%m-%d of Python's strptime.
bool is_date(std::string_view text) {
  static const std::regex kPattern(R"((\d{4})-(\d\d?)-(\d\d?| [1-9]))");
  std::cmatch parts;
  return matches(text, parts, kPattern) &&
         is_day(number(parts[1]), number(parts[2]), number(parts[3]));
}

// %Y-%m-%d %H:%M:%S
bool is_timestamp(std::string_view text) {
  static const std::regex kPattern(R"((\d{4})-(\d\d?)-(\d\d?| [1-9])\s+(\d\d?):(\d\d?):(\d\d?))");
  std::cmatch parts;
  constexpr int kHours = 24, kMinutes = 60, kSeconds = 60;
  return matches(text, parts, kPattern) &&
         is_day(number(parts[1]), number(parts[2]), number(parts[3])) &&
         number(parts[4]) < kHours && number(parts[5]) < kMinutes && number(parts[6]) < kSeconds;
}

// ISO 8601 as read by the package isodate: a date, T, a time.
bool is_iso_timestamp(std::string_view text) {
  const std::size_t t = text.find('T');
  if (t == std::string_view::npos) return false;
  static const std::regex kDay(R"(\+?(\d{4})-?(\d\d)-?(\d\d))");
  static const std::regex kMonth(R"(\+?(\d{4})-(\d\d))");
  static const std::regex kOther(
      R"(\+?\d{4}(-?W(0[1-9]|[1-4]\d|5[0-3])(-?[1-7])?|-?([0-2]\d\d|3[0-5]\d|36[0-6]))?|\+?\d\d)");
  static const std::regex kTime(
      R"(T?(([01]\d|2[0-3]):[0-5]\d:[0-5]\d([,.]\d+)?|([01]\d|2[0-3])[0-5]\d[0-5]\d([,.]\d+)?|([01]\d|2[0-3]):?[0-5]\d([,.]\d+)?|([01]\d|2[0-3])([,.]\d+)?)(Z|[+-]\d\d(:?\d\d)?)?)");
  std::cmatch parts;
  const std::string_view date = text.substr(0, t), time = text.substr(t + 1);
  const bool is_dated =
      matches(date, parts, kDay)     ? is_day(number(parts[1]), number(parts[2]), number(parts[3]))
      : matches(date, parts, kMonth) ? is_day(number(parts[1]), number(parts[2]), 1)
                                     : matches(date, parts, kOther);
  return is_dated && time.find('T') == std::string_view::npos && matches(time, parts, kTime);
}

bool is_boolean(std::string_view text) {
  const std::string word = to_lower(trim(replace_all(std::string(text), ",", "")));
  return word == "true" || word == "false" || word == "null" || word.empty();
}

// The types that still fit all values of a column. agate tries them in this order.
struct Candidates {
  bool seen = false;
  bool number = true, date = true, timestamp = true, iso_timestamp = true, boolean = true;
  std::int64_t most_whole = 1, most_decimals = 0;

  void look(const std::string& value) {
    seen = true;
    const std::string_view text = trim(value);
    const std::string word = to_lower(text);
    if (word.empty() || word == "null") return;
    if (number) {
      const std::optional<Places> places = number_of(text);
      number = places.has_value();
      most_whole = std::max(most_whole, places.value_or(Places{}).whole);
      most_decimals = std::max(most_decimals, places.value_or(Places{}).decimal);
    }
    date = date && is_date(text);
    timestamp = timestamp && is_timestamp(text);
    iso_timestamp = iso_timestamp && is_iso_timestamp(text);
    boolean = boolean && is_boolean(value);
  }

  std::string type() const {
    if (!seen) return "integer";
    if (number) {
      const bool too_wide = most_whole + most_decimals > kPrecision;
      const std::int64_t decimals = too_wide ? kPrecision - most_whole : most_decimals;
      return decimals == 0 ? "integer" : "float8";
    }
    if (date) return "date";
    if (timestamp || iso_timestamp) return "timestamp";
    return boolean ? "boolean" : "text";
  }
};

// 0 -> "a", 25 -> "z", 26 -> "aa"
std::string letters(std::size_t index) {
  constexpr std::size_t kLetters = 26;
  return std::string(index / kLetters + 1, static_cast<char>('a' + index % kLetters));
}

std::vector<SeedColumn> named_columns(const std::vector<std::string>& header) {
  std::vector<SeedColumn> columns;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string given = header[i].empty() ? letters(i) : header[i];
    std::string name = given;
    for (int copy = 2; std::any_of(columns.begin(), columns.end(),
                                   [&](const SeedColumn& other) { return other.name == name; });
         ++copy) {
      name = fmt::format("{}_{}", given, copy);
    }
    columns.push_back({name, ""});
  }
  return columns;
}

}  // namespace

std::vector<SeedColumn> seed_columns(std::string_view csv, char delimiter,
                                     const std::set<std::string, std::less<>>& texts) {
  if (constexpr std::string_view kMark = "\xEF\xBB\xBF"; csv.starts_with(kMark)) {
    csv.remove_prefix(kMark.size());
  }
  CsvRecords records(csv, delimiter);
  const std::optional<std::vector<std::string>> header = records.next();
  if (!header || header->empty()) {
    throw Error("the first line must name the columns, but it is empty");
  }
  std::vector<SeedColumn> columns = named_columns(*header);
  std::vector<Candidates> candidates(columns.size());
  while (const std::optional<std::vector<std::string>> record = records.next()) {
    if (record->size() > columns.size()) {
      throw Error(fmt::format("line {} has {} values, but the first line names {} columns",
                              records.line(), record->size(), columns.size()),
                  "put values that contain the delimiter in double quotes");
    }
    for (std::size_t i = 0; i < record->size(); ++i) candidates[i].look((*record)[i]);
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].type = texts.contains(columns[i].name) ? "text" : candidates[i].type();
  }
  return columns;
}

}  // namespace gsa::dbt
