#include "prompts/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>
#include <system_error>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "duck/function.h"

namespace gsa::prompts {
namespace {

using duck::Arguments;
using duck::Output;
using duck::Type;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

// Removes a sign from the front; true for a minus.
bool take_sign(std::string_view& text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  return minus;
}

template <typename T>
std::optional<T> parsed(std::string_view text) {
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The words of a text, split at blanks and commas.
template <std::size_t kMost>
std::size_t words_of(std::string_view text, std::array<std::string_view, kMost>& words) {
  std::size_t count = 0;
  while (true) {
    const std::size_t begin = text.find_first_not_of(" ,");
    if (begin == std::string_view::npos) return count;
    if (count == kMost) return kMost + 1;
    const std::size_t end = std::min(text.find_first_of(" ,", begin), text.size());
    words[count++] = text.substr(begin, end - begin);
    text.remove_prefix(end);
  }
}

// Exactly two digits.
std::optional<int> two_digits(std::string_view text) {
  if (text.size() != 2 || digits_at(text, 0) != 2) return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

// Reads "00:02" and "00:02:00".
std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  if ((text.size() != 5 && text.size() != 8) || text[2] != ':') return std::nullopt;
  const auto hour = two_digits(text.substr(0, 2)), minute = two_digits(text.substr(3, 2));
  const auto second = text.size() == 5 ? std::optional(0)
                      : text[5] == ':' ? two_digits(text.substr(6, 2))
                                       : std::nullopt;
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

// Reads "+0200" and "GMT": the offset to subtract from the time.
std::optional<std::chrono::minutes> zone_offset(std::string_view text) {
  if (text == "GMT" || text == "UTC" || text == "UT" || text == "Z") return std::chrono::minutes(0);
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = two_digits(text.substr(1, 2)), minutes = two_digits(text.substr(3, 2));
  if (!hours || !minutes || *hours > 15 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return text[0] == '-' ? -offset : offset;
}

std::optional<std::chrono::sys_days> date_of(std::string_view day, std::string_view month,
                                             std::string_view year) {
  constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                        "jul", "aug", "sep", "oct", "nov", "dec"};
  const auto found = std::find(kMonths.begin(), kMonths.end(), to_lower(month));
  const auto number = parsed<unsigned>(day);
  const auto of_year = year.size() == 4 ? parsed<int>(year) : std::nullopt;
  if (found == kMonths.end() || !number || !of_year) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(*of_year),
      std::chrono::month(static_cast<unsigned>(found - kMonths.begin()) + 1),
      std::chrono::day(*number)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

// Registers an SQL function of a text; `of` computes the value, if there is one.
template <typename T, typename Of>
void register_of_text(duck::Connection& connection, const std::string& name, duck::TypeId result,
                      Of of) {
  duck::register_function(
      connection, {name,
                   {Type::of(duck::TypeId::varchar)},
                   Type::of(result),
                   [of](const Arguments& in, Output& out) {
                     const duck::Texts texts = in.texts(0);
                     T* values = out.data<T>();
                     for (std::size_t row = 0; row < in.rows(); ++row) {
                       const auto value = texts.is_null(row) ? std::optional<T>()
                                                             : std::optional<T>(of(texts[row]));
                       if (value) {
                         values[row] = *value;
                       } else {
                         out.set_null(row);
                       }
                     }
                   }});
}

template <typename T, typename Of>
void register_of_number(duck::Connection& connection, const std::string& name, duck::TypeId result,
                        Of of) {
  duck::register_function(connection,
                          {name,
                           {Type::of(duck::TypeId::float64), Type::of(duck::TypeId::bigint)},
                           Type::of(result),
                           [of](const Arguments& in, Output& out) {
                             const auto* numbers = in.column<double>(0);
                             const auto* latest = in.column<std::int64_t>(1);
                             T* values = out.data<T>();
                             for (std::size_t row = 0; row < in.rows(); ++row) {
                               const auto time = in.is_null(0, row)
                                                     ? std::nullopt
                                                     : time_of_number(numbers[row], latest[row]);
                               if (time) {
                                 values[row] = of(*time);
                               } else {
                                 out.set_null(row);
                               }
                             }
                           }});
}

void register_plausible_time(duck::Connection& connection) {
  const Type time = Type::of(duck::TypeId::timestamp);
  duck::register_function(connection, {"gsa_plausible_time",
                                       {time, Type::of(duck::TypeId::bigint)},
                                       time,
                                       [](const Arguments& in, Output& out) {
                                         const auto* times = in.column<std::int64_t>(0);
                                         const auto* latest = in.column<std::int64_t>(1);
                                         auto* kept = out.data<std::int64_t>();
                                         for (std::size_t row = 0; row < in.rows(); ++row) {
                                           if (!in.is_null(0, row) &&
                                               times[row] >= kEarliestTimeUs &&
                                               times[row] <= latest[row]) {
                                             kept[row] = times[row];
                                           } else {
                                             out.set_null(row);
                                           }
                                         }
                                       }});
}

void register_known_user(duck::Connection& connection) {
  const Type text = Type::of(duck::TypeId::varchar);
  duck::register_function(
      connection, {"gsa_known_user", {text}, text, [](const Arguments& in, Output& out) {
                     const duck::Texts names = in.texts(0);
                     for (std::size_t row = 0; row < in.rows(); ++row) {
                       const auto user = names.is_null(row) ? std::nullopt : known_user(names[row]);
                       if (user) {
                         out.set_text(row, *user);
                       } else {
                         out.set_null(row);
                       }
                     }
                   }});
}

}  // namespace

std::int64_t latest_time_us() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::microseconds>(
             (system_clock::now() + std::chrono::hours(24)).time_since_epoch())
      .count();
}

bool is_missing(std::string_view text) {
  constexpr std::size_t kLongest = 9;
  constexpr std::array<std::string_view, 11> kWords = {
      "null", "none", "nan", "n/a", "na", "nil", "nat", "<na>", "#n/a", "\\n", "undefined"};
  text = trim(text);
  if (text.empty()) return true;
  if (text.size() > kLongest || is_digit(text.front())) return false;
  return std::find(kWords.begin(), kWords.end(), to_lower(text)) != kWords.end();
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const std::size_t digits = digits_at(text, 0);
  const std::string_view rest = text.substr(digits);
  // "512." and "512.00", from programs that keep all numbers as doubles.
  if (!rest.empty() && (rest[0] != '.' || rest.find_first_not_of('0', 1) != rest.npos)) {
    return std::nullopt;
  }
  return parsed<std::uint64_t>(text.substr(0, digits));
}

std::optional<float> real_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  return parsed<float>(text);
}

std::optional<std::uint64_t> seed_key(std::string_view text) {
  if (const auto number = whole_number(text)) return number;
  if (is_missing(text)) return std::nullopt;
  return stable_hash(trim(text));
}

std::optional<std::string_view> known_user(std::string_view name) {
  // As programs write them. "Nan" and "Na" are not listed because people have these names.
  constexpr std::array<std::string_view, 10> kNobody = {
      "", kDeletedAccount, "null", "NULL", "None", "nan", "NaN", "<NA>", "N/A", "undefined"};
  constexpr std::size_t kLongest = kDeletedAccount.size();
  name = trim(name);
  if (name.size() > kLongest) return name;
  if (std::find(kNobody.begin(), kNobody.end(), name) != kNobody.end()) return std::nullopt;
  return name;
}

std::optional<double> epoch_number(std::string_view text) {
  text = trim(text);
  std::string_view digits = text;
  take_sign(digits);
  const std::size_t whole = digits_at(digits, 0);
  std::size_t end = whole;
  if (end < digits.size() && digits[end] == '.') end += 1 + digits_at(digits, end + 1);
  if (whole == 0 || end != digits.size()) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  return parsed<double>(text);
}

bool is_trimmed(std::string_view text) {
  const auto is_printed = [](char c) { return c > ' ' && c < '\x7f'; };
  return !text.empty() && is_printed(text.front()) && is_printed(text.back());
}

bool may_be_number(std::string_view text) {
  // Of "inf", "infinity" and "nan", and of numbers.
  return text.find_first_not_of("0123456789.+-_eEiInNfFtTyYaA \t\n\v\f\r") == text.npos;
}

bool may_be_time(std::string_view text) {
  text = trim(text);
  take_sign(text);
  const std::size_t year = digits_at(text, 0);
  if (year > 0)
    return year < text.size() && std::string_view("-/\\ ").find(text[year]) != text.npos;
  const std::string start = to_lower(text.substr(0, 5));
  return start.starts_with("inf") || start == "epoch";
}

std::optional<EpochTime> time_of_number(double number, std::int64_t latest_us) {
  constexpr std::array<std::pair<double, TimeUnit>, 4> kUnits = {{{1e6, TimeUnit::seconds},
                                                                  {1e3, TimeUnit::milliseconds},
                                                                  {1, TimeUnit::microseconds},
                                                                  {1e-3, TimeUnit::nanoseconds}}};
  for (const auto& [us, unit] : kUnits) {
    const double at = std::round(number * us);
    if (at >= static_cast<double>(kEarliestTimeUs) && at <= static_cast<double>(latest_us)) {
      return EpochTime{static_cast<std::int64_t>(at), unit};
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> rfc2822_time(std::string_view text) {
  constexpr std::size_t kWords = 6;
  std::array<std::string_view, kWords> words;
  std::size_t count = words_of(text, words);
  std::size_t first = 0;
  if (count == kWords) {  // the name of the day comes first
    if (words[0].size() != 3 || is_digit(words[0][0])) return std::nullopt;
    ++first;
    --count;
  }
  if (count != kWords - 1) return std::nullopt;
  const auto date = date_of(words[first], words[first + 1], words[first + 2]);
  const auto time = time_of_day(words[first + 3]);
  const auto zone = zone_offset(words[first + 4]);
  if (!date || !time || !zone) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::microseconds>(date->time_since_epoch() + *time -
                                                               *zone)
      .count();
}

void register_value_functions(duck::Connection& connection) {
  register_of_text<bool>(connection, "gsa_is_value", duck::TypeId::boolean,
                         [](std::string_view text) { return !is_missing(text); });
  register_of_text<bool>(connection, "gsa_is_trimmed", duck::TypeId::boolean, is_trimmed);
  register_of_text<bool>(connection, "gsa_may_be_number", duck::TypeId::boolean, may_be_number);
  register_of_text<bool>(connection, "gsa_may_be_time", duck::TypeId::boolean, may_be_time);
  register_of_text<std::uint64_t>(connection, "gsa_whole", duck::TypeId::ubigint, whole_number);
  register_of_text<float>(connection, "gsa_real", duck::TypeId::float32, real_number);
  register_of_text<std::uint64_t>(connection, "gsa_seed_key", duck::TypeId::ubigint, seed_key);
  register_of_text<std::int64_t>(
      connection, "gsa_user_key", duck::TypeId::bigint, [](std::string_view name) {
        const auto user = known_user(name);
        return user ? std::optional(static_cast<std::int64_t>(stable_hash(*user))) : std::nullopt;
      });
  register_known_user(connection);
  register_plausible_time(connection);
  register_of_text<double>(connection, "gsa_epoch", duck::TypeId::float64, epoch_number);
  register_of_text<std::int64_t>(connection, "gsa_rfc2822", duck::TypeId::timestamp, rfc2822_time);
  register_of_number<std::int64_t>(connection, "gsa_epoch_time", duck::TypeId::timestamp,
                                   [](const EpochTime& time) { return time.us; });
  register_of_number<std::uint8_t>(
      connection, "gsa_epoch_unit", duck::TypeId::utinyint,
      [](const EpochTime& time) { return static_cast<std::uint8_t>(time.unit); });
}

}  // namespace gsa::prompts
