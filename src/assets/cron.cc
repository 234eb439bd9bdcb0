#include "assets/cron.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "base/environment.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::string_view kExample = "such as \"30 6 * * mon-fri\": at 6:30 from Monday to Friday";

struct FieldRule {
  std::string_view name;
  int lowest, highest;
  std::string_view example;
  std::vector<std::string_view> names = {};  // of lowest, lowest + 1, …
};

const std::array<FieldRule, 5>& field_rules() {
  static const std::array<FieldRule, 5> kRules = {{
      {"minute", 0, 59, "such as 0, 15,45 or */10"},
      {"hour", 0, 23, "such as 6, 8-18 or */2"},
      {"day of month", 1, 31, "such as 1, 1,15 or *"},
      {"month",
       1,
       12,
       "such as jan, 1-6 or */3",
       {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
      {"day of week",
       0,
       7,
       "such as mon-fri, sun or *",
       {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
  }};
  return kRules;
}

constexpr std::uint64_t bit(int value) { return std::uint64_t{1} << value; }
constexpr bool has(std::uint64_t set, int value) { return (set & bit(value)) != 0; }

constexpr int kNoMember = 64;

// The smallest member of `set` that is >= `from` (< 64), or kNoMember.
int first_from(std::uint64_t set, int from) {
  const std::uint64_t rest = set >> from;
  return rest == 0 ? kNoMember : from + std::countr_zero(rest);
}

// Reads one field. Its errors name the field; callers prepend the expression.
class FieldParser {
 public:
  FieldParser(const FieldRule& rule, std::string_view text) : rule_(rule), text_(text) {}

  std::uint64_t parse() const {
    std::uint64_t set = 0;
    for (const std::string& part : split(text_, ',')) set |= parse_part(part);
    return set;
  }

 private:
  [[noreturn]] void fail(const std::string& what, std::string hint = "") const {
    throw Error(fmt::format("{} \"{}\": {}", rule_.name, text_, what),
                hint.empty() ? std::string(rule_.example) : std::move(hint), ErrorCode::usage);
  }

  std::uint64_t parse_part(std::string_view part) const {
    const std::size_t slash = part.find('/');
    const std::string_view range = part.substr(0, slash);
    if (range.empty()) fail(part.empty() ? "a value is missing" : "a step without a range");
    const std::size_t dash = range.find('-');
    int low = rule_.lowest, high = rule_.highest;
    if (range != "*") {
      low = parse_value(range.substr(0, dash));
      high = dash == std::string_view::npos ? low : parse_value(range.substr(dash + 1));
    }
    // Sunday is both the first and the last day of a week: sat-sun.
    if (rule_.highest == 7 && high == 0 && low > 0) high = 7;
    if (high < low) fail_backward(range.substr(0, dash), range.substr(dash + 1), low, high);
    int step = 1;
    if (slash != std::string_view::npos) {
      if (range != "*" && dash == std::string_view::npos) {
        fail("a step needs a range or a * before it",
             fmt::format("such as {}-{}/{}", range, rule_.highest, part.substr(slash + 1)));
      }
      step = parse_step(part.substr(slash + 1), high - low);
    }
    std::uint64_t set = 0;
    for (int value = low; value <= high; value += step) set |= bit(value);
    return set;
  }

  int parse_value(std::string_view text) const {
    if (text.empty()) fail("a range needs a value on both sides");
    const auto named = std::find(rule_.names.begin(), rule_.names.end(), to_lower(text));
    if (named != rule_.names.end()) {
      return rule_.lowest + static_cast<int>(named - rule_.names.begin());
    }
    if (text.find_first_not_of("0123456789") != std::string_view::npos) {
      if (rule_.names.empty()) fail(fmt::format("'{}' is not a number", text));
      fail(fmt::format("'{}' is neither a number nor a name", text),
           fmt::format("the names are {}", fmt::join(rule_.names, ", ")));
    }
    const int value = number(text);
    if (value < rule_.lowest || value > rule_.highest) {
      fail(fmt::format("{} is not from {} to {}", text, rule_.lowest, rule_.highest));
    }
    return value;
  }

  int parse_step(std::string_view text, int span) const {
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
      fail(fmt::format("the step '{}' is not a number", text));
    }
    const int step = number(text);
    if (step == 0) fail("a step of 0 leads nowhere");
    if (step > span) fail(fmt::format("a step of {} leaves the range after its first value", text));
    return step;
  }

  [[noreturn]] void fail_backward(std::string_view from, std::string_view to, int low,
                                  int high) const {
    const auto run = [](int first, int last, std::string_view first_text,
                        std::string_view last_text) {
      return first == last ? std::string(first_text) : fmt::format("{}-{}", first_text, last_text);
    };
    // Among weekdays, 7 is the same as 0.
    const int highest = rule_.highest == 7 ? 6 : rule_.highest;
    fail(fmt::format("the range runs backward, from {} to {}", from, to),
         fmt::format("as two ranges: {},{}", run(low, highest, from, std::to_string(highest)),
                     run(rule_.lowest, high, std::to_string(rule_.lowest), to)));
  }

  // Takes digits only; a number too large for an int becomes the largest int.
  static int number(std::string_view digits) {
    int value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return read.ec == std::errc{} ? value : std::numeric_limits<int>::max();
  }

  const FieldRule& rule_;
  std::string_view text_;
};

std::vector<std::string> split_fields(std::string_view expression) {
  std::istringstream in{std::string(expression)};
  std::vector<std::string> fields;
  for (std::string field; in >> field;) fields.push_back(field);
  return fields;
}

// The five fields of a nickname, or the expression itself.
std::string_view expand_nickname(std::string_view expression) {
  struct Nickname {
    std::string_view name, fields;
  };
  static constexpr std::array<Nickname, 7> kNicknames = {{{"@hourly", "0 * * * *"},
                                                          {"@daily", "0 0 * * *"},
                                                          {"@midnight", "0 0 * * *"},
                                                          {"@weekly", "0 0 * * 0"},
                                                          {"@monthly", "0 0 1 * *"},
                                                          {"@yearly", "0 0 1 1 *"},
                                                          {"@annually", "0 0 1 1 *"}}};
  if (!expression.starts_with('@')) return expression;
  std::vector<std::string> names;
  for (const Nickname& nickname : kNicknames) {
    if (to_lower(expression) == nickname.name) return nickname.fields;
    names.emplace_back(nickname.name);
  }
  const std::string typo = did_you_mean(expression, names);
  throw Error("there is no such nickname",
              typo.empty() ? fmt::format("there are {}", join(names, ", ")) : typo,
              ErrorCode::usage);
}

// "did you mean 'Europe/Berlin'?", or another hint for an unknown name.
std::string zone_hint(const std::string& name) {
  const std::filesystem::path folder = Environment().find("TZDIR").value_or("/usr/share/zoneinfo");
  // Lines of: countries, coordinates, name, remark, separated by tabs.
  std::ifstream table(folder / "zone1970.tab");
  if (!table) return "the time zones' own data may be missing: install the package tzdata";
  std::vector<std::string> names;
  for (std::string line; std::getline(table, line);) {
    if (std::vector<std::string> cells = split(line, '\t'); cells.size() > 2) {
      names.push_back(std::move(cells[2]));
    }
  }
  const std::string typo = did_you_mean(name, names);
  return typo.empty() ? "a name such as Europe/Berlin, America/New_York or UTC" : typo;
}

cctz::time_zone load_zone(std::string_view name) {
  cctz::time_zone zone;
  if (!name.empty()) {
    if (cctz::load_time_zone(std::string(name), &zone)) return zone;
    throw Error(fmt::format("there is no time zone \"{}\"", name), zone_hint(std::string(name)),
                ErrorCode::usage);
  }
  // CCTZ silently falls back to UTC if it does not understand TZ, such as "CET-1CEST".
  const std::string variable = Environment().text("TZ");
  std::string_view own = variable;
  if (own.starts_with(':')) own.remove_prefix(1);
  if (own.empty() || own == "localtime") return cctz::local_time_zone();
  if (cctz::load_time_zone(std::string(own), &zone)) return zone;
  throw Error(fmt::format("the time zone of this machine is not known: TZ={}", variable),
              "name one, such as Europe/Berlin or UTC", ErrorCode::usage);
}

}  // namespace

// A period in which the zone's offset from UTC is constant.
struct CronSchedule::Segment {
  sys_seconds end;             // exclusive
  cctz::civil_second first;    // local time at its start
  cctz::civil_second instead;  // the same under the previous offset; equal if nothing changed
  sys_seconds known;           // a moment in the segment,
  cctz::civil_second shown;    // and the local time then

  cctz::civil_second clock_at(sys_seconds moment) const { return shown + (moment - known).count(); }
  sys_seconds moment_of(cctz::civil_second clock) const { return known + seconds(clock - shown); }
};

CronSchedule CronSchedule::parse(std::string_view expression, std::string_view time_zone) {
  CronSchedule schedule;
  schedule.expression_ = trim(expression);
  schedule.zone_ = load_zone(time_zone);
  try {
    const std::vector<std::string> fields = split_fields(expand_nickname(schedule.expression_));
    if (fields.size() != field_rules().size()) {
      throw Error(fmt::format("{} fields instead of five: minute, hour, day of month, month, day "
                              "of week",
                              fields.size()),
                  std::string(kExample), ErrorCode::usage);
    }
    std::array<std::uint64_t, 5> sets{};
    for (std::size_t i = 0; i < sets.size(); ++i) {
      sets[i] = FieldParser(field_rules()[i], fields[i]).parse();
    }
    schedule.minutes_ = sets[0];
    schedule.hours_ = sets[1];
    schedule.days_ = sets[2];
    schedule.months_ = sets[3];
    schedule.weekdays_ = sets[4] | (has(sets[4], 7) ? bit(0) : 0);
    schedule.either_day_ = !fields[2].starts_with('*') && !fields[4].starts_with('*');
    schedule.real_time_ =
        fields[1].find_first_of("*/") != std::string::npos || sets[1] == bit(24) - 1;
    if (!schedule.first_fit(cctz::civil_second(2000))) {
      throw Error("it never runs: no month of it has such a day",
                  "check the day of month against the month", ErrorCode::usage);
    }
  } catch (Error& error) {
    error.add_context(fmt::format("cron \"{}\"", schedule.expression_));
    throw;
  }
  return schedule;
}

sys_seconds CronSchedule::next_after(sys_seconds moment) const {
  // Limit of the search for days: a change of the clock moves no run further than that.
  const sys_seconds last = moment + std::chrono::years(401);
  for (sys_seconds from = moment + seconds(1); from < last;) {
    const Segment segment = segment_at(from);
    if (const auto run = first_run(segment, from)) return *run;
    from = segment.end;
  }
  check(false, "a schedule with a day that fits runs on it, whatever the clock does");
  return last;
}

std::string CronSchedule::local_time(sys_seconds moment) const {
  return cctz::format("%Y-%m-%d %H:%M %Z", moment, zone_);
}

CronSchedule::Segment CronSchedule::segment_at(sys_seconds moment) const {
  Segment segment{.end = sys_seconds::max(),
                  .first = cctz::civil_second::min(),
                  .instead = cctz::civil_second::min(),
                  .known = moment,
                  .shown = cctz::convert(moment, zone_)};
  cctz::time_zone::civil_transition change;
  if (zone_.next_transition(moment, &change)) segment.end = segment.moment_of(change.from);
  if (zone_.prev_transition(moment + seconds(1), &change)) {
    segment.first = change.to;
    segment.instead = change.from;
  }
  return segment;
}

// The first run in the segment that is not before `from`, a moment of the segment.
std::optional<sys_seconds> CronSchedule::first_run(const Segment& segment, sys_seconds from) const {
  const cctz::civil_second shown = segment.clock_at(from);
  std::optional<sys_seconds> run;
  const auto consider = [&](sys_seconds moment) {
    if (moment < segment.end && (!run || moment < *run)) run = moment;
  };
  // Only a clock that went forward skips times of day.
  if (segment.instead < segment.first) {
    const cctz::diff_t gap = segment.first - segment.instead;
    if (real_time_) {
      const auto skipped = first_fit(std::max(shown - gap, segment.instead));
      if (skipped && *skipped < segment.first) {
        consider(segment.moment_of(cctz::civil_second(*skipped) + gap));
      }
    } else if (shown == segment.first) {
      const auto skipped = first_fit(segment.instead);
      if (skipped && *skipped < segment.first) consider(from);
    }
  }
  // A clock that went back has already shown everything before `instead`.
  const auto fit = first_fit(real_time_ ? shown : std::max(shown, segment.instead));
  if (fit) consider(segment.moment_of(cctz::civil_second(*fit)));
  return run;
}

// The first minute of the schedule at or after `from`, on a clock that never changes. Nullopt if
// there is none within 400 years, after which the calendar repeats, weekdays included.
std::optional<cctz::civil_minute> CronSchedule::first_fit(cctz::civil_second from) const {
  cctz::civil_minute earliest(from);
  if (earliest < from) ++earliest;
  const cctz::civil_day today(earliest);
  const cctz::civil_day last(today.year() + 400, today.month(), today.day());
  for (cctz::civil_day day = today; day <= last;) {
    if (!has(months_, day.month())) {
      day = cctz::civil_day(cctz::civil_month(day) + 1);
      continue;
    }
    if (day_fits(day)) {
      int hour = first_from(hours_, day == today ? earliest.hour() : 0);
      const bool earliest_hour = day == today && hour == earliest.hour();
      int minute = first_from(minutes_, earliest_hour ? earliest.minute() : 0);
      if (minute == kNoMember) {
        hour = first_from(hours_, hour + 1);
        minute = first_from(minutes_, 0);
      }
      if (hour != kNoMember)
        return cctz::civil_minute(day.year(), day.month(), day.day(), hour, minute);
    }
    ++day;
  }
  return std::nullopt;
}

bool CronSchedule::day_fits(cctz::civil_day day) const {
  // CCTZ counts weekdays from Monday.
  const int weekday = (static_cast<int>(cctz::get_weekday(day)) + 1) % 7;
  const bool fits_month = has(days_, day.day()), fits_week = has(weekdays_, weekday);
  return either_day_ ? fits_month || fits_week : fits_month && fits_week;
}

}  // namespace gsa::assets
