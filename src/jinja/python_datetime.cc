#include "jinja/python_datetime.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "jinja/python_strftime.h"

namespace gsa::jinja {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kMaxDays = 999'999'999;  // of a timedelta

extern const ObjectType kDate, kDatetime, kTimedelta, kZone;

bool is(const Value& value, const ObjectType& type) {
  return value.is_object() && value.as_object().type == &type;
}

std::int64_t part(const Value& of, std::string_view name) {
  const Value* found = of.as_object().attributes.find(name);
  return found == nullptr ? 0 : found->as_integer();
}

bool has_zone(const Value& of) {
  const Value* zone = of.as_object().attributes.find("tzinfo");
  return zone != nullptr && !zone->is_none();
}

// The quotient, rounded towards minus infinity.
std::int64_t round_down(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

std::int64_t days_from_date(std::int64_t y, std::int64_t m, std::int64_t d) {
  if (y < 1 || y > 9999) throw Error(fmt::format("year {} is out of range", y));
  if (m < 1 || m > 12) throw Error("month must be in 1..12");
  const year_month_day date(year(static_cast<int>(y)), month(static_cast<unsigned>(m)),
                            day(d < 1 || d > 31 ? 0 : static_cast<unsigned>(d)));
  if (!date.ok()) throw Error("day is out of range for month");
  return sys_days(date).time_since_epoch().count();
}

// Days since 1970 of a date or datetime, without regard to its time zone.
std::int64_t days_of(const Value& value) {
  return days_from_date(part(value, "year"), part(value, "month"), part(value, "day"));
}

std::int64_t micros_of(const Value& value) {
  if (is(value, kTimedelta)) {
    return part(value, "days") * kDay + part(value, "seconds") * kSecond +
           part(value, "microseconds");
  }
  return days_of(value) * kDay + part(value, "hour") * 3600 * kSecond +
         part(value, "minute") * 60 * kSecond + part(value, "second") * kSecond +
         part(value, "microsecond");
}

void add_date(std::int64_t since_1970, Dict& to) {
  const std::int64_t first = days_from_date(1, 1, 1), last = days_from_date(9999, 12, 31);
  if (since_1970 < first || since_1970 > last) throw Error("date value out of range");
  const year_month_day date{sys_days(days(since_1970))};
  to.set("year", static_cast<int>(date.year()));
  to.set("month", static_cast<std::int64_t>(static_cast<unsigned>(date.month())));
  to.set("day", static_cast<std::int64_t>(static_cast<unsigned>(date.day())));
}

Value utc() {
  Object zone;
  zone.name = zone.text = "UTC";
  zone.type = &kZone;
  zone.attributes.set("zone", "UTC");
  return Value::object(std::move(zone));
}

Value make_datetime(std::int64_t micros, const Value& zone) {
  const std::int64_t date = round_down(micros, kDay);
  const std::int64_t rest = micros - date * kDay;
  Object made;
  made.name = "datetime";
  made.type = &kDatetime;
  add_date(date, made.attributes);
  made.attributes.set("hour", rest / (3600 * kSecond));
  made.attributes.set("minute", rest / (60 * kSecond) % 60);
  made.attributes.set("second", rest / kSecond % 60);
  made.attributes.set("microsecond", rest % kSecond);
  made.attributes.set("tzinfo", zone);
  const Value value = Value::object(std::move(made));
  const bool whole = part(value, "microsecond") == 0;
  value.as_object().text =
      format_time(time_parts(value), whole ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M:%S.%f") +
      (has_zone(value) ? "+00:00" : "");
  return value;
}

Value make_timedelta(std::int64_t micros) {
  const std::int64_t whole = round_down(micros, kDay);
  if (std::abs(whole) > kMaxDays) throw Error("the time span is longer than a timedelta can be");
  const std::int64_t rest = micros - whole * kDay;
  Object made;
  made.name = "timedelta";
  made.type = &kTimedelta;
  made.attributes.set("days", whole);
  made.attributes.set("seconds", rest / kSecond);
  made.attributes.set("microseconds", rest % kSecond);
  if (whole != 0) made.text = fmt::format("{} day{}, ", whole, std::abs(whole) == 1 ? "" : "s");
  made.text += fmt::format("{}:{:02}:{:02}", rest / (3600 * kSecond), rest / (60 * kSecond) % 60,
                           rest / kSecond % 60);
  if (rest % kSecond != 0) made.text += fmt::format(".{:06}", rest % kSecond);
  return Value::object(std::move(made));
}

Value add(char sign, const Value& left, const Value& right) {
  const bool adds = sign == '+';
  const auto is_moment = [](const Value& v) { return is(v, kDate) || is(v, kDatetime); };
  const auto shifted = [](const Value& moment, std::int64_t by) {
    if (is(moment, kDate)) return date_of_days(days_of(moment) + round_down(by, kDay));
    return make_datetime(micros_of(moment) + by, *moment.as_object().attributes.find("tzinfo"));
  };
  if (is(right, kTimedelta)) {
    const std::int64_t by = adds ? micros_of(right) : -micros_of(right);
    if (is_moment(left)) return shifted(left, by);
    if (is(left, kTimedelta)) return make_timedelta(micros_of(left) + by);
  }
  if (adds && is(left, kTimedelta) && is_moment(right)) return shifted(right, micros_of(left));
  if (!adds && left.is_object() && right.is_object() &&
      left.as_object().type == right.as_object().type && is_moment(left)) {
    if (has_zone(left) != has_zone(right)) {
      throw Error("cannot subtract a datetime without a time zone and one with it");
    }
    return make_timedelta(micros_of(left) - micros_of(right));
  }
  throw Error(
      fmt::format("cannot apply {} to {} and {}", sign, left.type_name(), right.type_name()));
}

int order(const Value& left, const Value& right) {
  const std::int64_t a = micros_of(left), b = micros_of(right);
  return a < b ? -1 : b < a ? 1 : 0;
}

Value strftime(const Value& self, const CallArguments& arguments) {
  arguments.expect("strftime", 1, {"format"});
  return format_time(time_parts(self), arguments.find(0, "format")->as_string());
}

Value isoformat(const Value& self, const CallArguments& arguments) {
  arguments.expect("isoformat", 0, {"sep"});
  std::string text = self.as_object().text;
  const Value* separator = arguments.find(0, "sep");
  if (text.size() > 10) text.replace(10, 1, separator == nullptr ? "T" : separator->as_string());
  return text;
}

// Monday is 0.
std::int64_t weekday_of(const Value& self) { return ((days_of(self) + 3) % 7 + 7) % 7; }

Value weekday(const Value& self, const CallArguments&) { return weekday_of(self); }
Value isoweekday(const Value& self, const CallArguments&) { return weekday_of(self) + 1; }
Value toordinal(const Value& self, const CallArguments&) {
  return days_of(self) - days_from_date(1, 1, 1) + 1;
}
Value date_part(const Value& self, const CallArguments&) { return date_of_days(days_of(self)); }
Value timestamp(const Value& self, const CallArguments&) {
  return static_cast<double>(micros_of(self)) / static_cast<double>(kSecond);
}
Value total_seconds(const Value& self, const CallArguments&) {
  return static_cast<double>(micros_of(self)) / static_cast<double>(kSecond);
}

Value astimezone(const Value& self, const CallArguments& arguments) {
  arguments.expect("astimezone", 1, {"tz"});
  if (!has_zone(self)) throw Error("astimezone() needs a datetime with a time zone");
  return make_datetime(micros_of(self), *arguments.find(0, "tz"));
}

std::int64_t integer_or(const CallArguments& arguments, std::size_t position, std::string_view name,
                        std::int64_t otherwise) {
  const Value* found = arguments.find(position, name);
  return found == nullptr ? otherwise : found->as_integer();
}

std::int64_t clock_part(const CallArguments& arguments, std::size_t position, std::string_view name,
                        std::int64_t otherwise, std::int64_t below) {
  const std::int64_t value = integer_or(arguments, position, name, otherwise);
  if (value < 0 || value >= below) throw Error(fmt::format("{} must be in 0..{}", name, below - 1));
  return value;
}

Value date_from(const CallArguments& arguments, const Value* base) {
  const auto get = [&](std::size_t i, std::string_view name) {
    return integer_or(arguments, i, name, base == nullptr ? 0 : part(*base, name));
  };
  return date_of_days(days_from_date(get(0, "year"), get(1, "month"), get(2, "day")));
}

Value datetime_from(const CallArguments& arguments, const Value* base) {
  const auto was = [&](std::string_view name) { return base == nullptr ? 0 : part(*base, name); };
  const std::int64_t date = days_from_date(integer_or(arguments, 0, "year", was("year")),
                                           integer_or(arguments, 1, "month", was("month")),
                                           integer_or(arguments, 2, "day", was("day")));
  const std::int64_t hour = clock_part(arguments, 3, "hour", was("hour"), 24);
  const std::int64_t minute = clock_part(arguments, 4, "minute", was("minute"), 60);
  const std::int64_t second = clock_part(arguments, 5, "second", was("second"), 60);
  const std::int64_t micro = clock_part(arguments, 6, "microsecond", was("microsecond"), kSecond);
  const Value* zone = arguments.find(7, "tzinfo");
  if (zone == nullptr && base != nullptr) zone = base->as_object().attributes.find("tzinfo");
  return make_datetime(date * kDay + (hour * 3600 + minute * 60 + second) * kSecond + micro,
                       zone == nullptr ? Value() : *zone);
}

Value replace_parts(const Value& self, const CallArguments& arguments) {
  return is(self, kDate) ? date_from(arguments, &self) : datetime_from(arguments, &self);
}

const ObjectType kDate = {"date",
                          {{"strftime", strftime},
                           {"isoformat", isoformat},
                           {"weekday", weekday},
                           {"isoweekday", isoweekday},
                           {"toordinal", toordinal},
                           {"replace", replace_parts}},
                          add,
                          order};
const ObjectType kDatetime = {"datetime",
                              {{"strftime", strftime},
                               {"isoformat", isoformat},
                               {"weekday", weekday},
                               {"isoweekday", isoweekday},
                               {"toordinal", toordinal},
                               {"replace", replace_parts},
                               {"date", date_part},
                               {"timestamp", timestamp},
                               {"astimezone", astimezone}},
                              add,
                              order};
const ObjectType kTimedelta = {"timedelta", {{"total_seconds", total_seconds}}, add, order};
const ObjectType kZone = {"time zone", {}};

std::int64_t now_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// The local wall-clock time, expressed as if it were UTC.
std::int64_t local_micros(std::int64_t micros) {
  const std::time_t seconds = round_down(micros, kSecond);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return micros + std::int64_t{parts.tm_gmtoff} * kSecond;
}

Value now(const CallArguments& arguments) {
  arguments.expect("now", 0, {"tz"});
  const Value* zone = arguments.find(0, "tz");
  if (zone != nullptr && !zone->is_none()) return make_datetime(now_micros(), *zone);
  return datetime_without_zone(local_micros(now_micros()));
}

Value from_timestamp(const CallArguments& arguments) {
  arguments.expect("fromtimestamp", 1, {"timestamp", "tz"});
  const double seconds = arguments.find(0, "timestamp")->as_double();
  if (!(std::abs(seconds) < 1e12)) throw Error("date value out of range");
  const auto micros = static_cast<std::int64_t>(std::llround(seconds * 1e6));
  const Value* zone = arguments.find(1, "tz");
  if (zone != nullptr && !zone->is_none()) return make_datetime(micros, *zone);
  return datetime_without_zone(local_micros(micros));
}

Value parsed(std::string_view text, std::string_view format) {
  const TimeParts parts = parse_time(text, format);
  const std::int64_t clock = (parts.hour * 3600 + parts.minute * 60 + parts.second) * kSecond;
  return make_datetime(
      days_from_date(parts.year, parts.month, parts.day) * kDay + clock + parts.microsecond,
      parts.has_zone ? utc() : Value());
}

Value from_isoformat(const CallArguments& arguments) {
  arguments.expect("fromisoformat", 1, {"date_string"});
  const std::string& text = arguments.find(0, "date_string")->as_string();
  std::string format = "%Y-%m-%d";
  if (text.size() > 10) format += fmt::format("{}%H:%M", text[10]);
  if (text.size() > 16) format += ":%S";
  if (text.size() > 19 && text[19] == '.') format += ".%f";
  if (text.ends_with("+00:00") || text.ends_with('Z')) format += "%z";
  return parsed(text, format);
}

Value timedelta(const CallArguments& arguments) {
  arguments.expect(
      "timedelta", 0,
      {"days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"});
  constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"days", kDay},         {"seconds", kSecond},      {"microseconds", 1},
      {"milliseconds", 1000}, {"minutes", 60 * kSecond}, {"hours", 3600 * kSecond},
      {"weeks", 7 * kDay}};
  double sum = 0;
  std::int64_t whole = 0;
  std::size_t position = 0;
  for (const auto& [name, unit] : kUnits) {
    const Value* found = arguments.find(position++, name);
    if (found == nullptr) continue;
    const double span = found->as_double() * static_cast<double>(unit);
    sum += span;
    if (!(std::abs(sum) < 9e18)) throw Error("the time span is longer than a timedelta can be");
    whole +=
        found->kind() == Value::Kind::floating ? std::llround(span) : found->as_integer() * unit;
  }
  return make_timedelta(whole);
}

Value date_class() {
  Value made = Value::object("date", "<class 'datetime.date'>", {}, [](const CallArguments& a) {
    a.expect("date", 3, {"year", "month", "day"});
    return date_from(a, nullptr);
  });
  Dict& attributes = made.as_object().attributes;
  attributes.set("today", Value::function("date.today", [](const CallArguments&) {
                   return date_of_days(round_down(local_micros(now_micros()), kDay));
                 }));
  attributes.set(
      "fromisoformat", Value::function("date.fromisoformat", [](const CallArguments& a) {
        a.expect("fromisoformat", 1, {"date_string"});
        return date_of_days(days_of(parsed(a.find(0, "date_string")->as_string(), "%Y-%m-%d")));
      }));
  attributes.set("fromordinal", Value::function("date.fromordinal", [](const CallArguments& a) {
                   a.expect("fromordinal", 1, {"ordinal"});
                   const std::int64_t day = a.find(0, "ordinal")->as_integer();
                   if (day < 1 || day > 3'652'059) throw Error("ordinal is out of range");
                   return date_of_days(day - 1 + days_from_date(1, 1, 1));
                 }));
  return made;
}

Value datetime_class() {
  Value made =
      Value::object("datetime", "<class 'datetime.datetime'>", {}, [](const CallArguments& a) {
        a.expect("datetime", 3,
                 {"year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"});
        return datetime_from(a, nullptr);
      });
  Dict& attributes = made.as_object().attributes;
  attributes.set("now", Value::function("datetime.now", now));
  attributes.set("today", Value::function("datetime.today", now));
  attributes.set("utcnow", Value::function("datetime.utcnow", [](const CallArguments&) {
                   return datetime_without_zone(now_micros());
                 }));
  attributes.set("fromtimestamp", Value::function("datetime.fromtimestamp", from_timestamp));
  attributes.set("fromisoformat", Value::function("datetime.fromisoformat", from_isoformat));
  attributes.set("strptime", Value::function("datetime.strptime", [](const CallArguments& a) {
                   a.expect("strptime", 2, {"date_string", "format"});
                   return parsed(a.find(0, "date_string")->as_string(),
                                 a.find(1, "format")->as_string());
                 }));
  return made;
}

}  // namespace

Value date_of_days(std::int64_t since_1970) {
  Object made;
  made.name = "date";
  made.type = &kDate;
  add_date(since_1970, made.attributes);
  const Value value = Value::object(std::move(made));
  value.as_object().text = format_time(time_parts(value), "%Y-%m-%d");
  return value;
}

Value datetime_in_utc(std::int64_t microseconds) { return make_datetime(microseconds, utc()); }
Value datetime_without_zone(std::int64_t microseconds) { return make_datetime(microseconds, {}); }

Value datetime_module() {
  Dict attributes;
  attributes.set("date", date_class());
  attributes.set("datetime", datetime_class());
  attributes.set("timedelta", Value::function("timedelta", timedelta));
  return Value::object("modules.datetime", "<module 'datetime'>", std::move(attributes));
}

Value pytz_module() {
  Dict attributes;
  attributes.set("utc", utc());
  attributes.set("UTC", utc());
  attributes.set("timezone", Value::function("pytz.timezone", [](const CallArguments& arguments) {
                   arguments.expect("pytz.timezone", 1, {"zone"});
                   const std::string& zone = arguments.find(0, "zone")->as_string();
                   if (const std::string name = to_lower(zone);
                       name != "utc" && name != "gmt" && name != "etc/utc") {
                     throw Error(
                         fmt::format("the time zone '{}' is not supported, only UTC is", zone),
                         "dbt build of dbt-core supports it; so does SQL: timezone('…', time)");
                   }
                   return utc();
                 }));
  return Value::object("modules.pytz", "<module 'pytz'>", std::move(attributes));
}

}  // namespace gsa::jinja
