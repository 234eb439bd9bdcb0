#include "api/engagement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/aggregate.h"
#include "api/api_error.h"
#include "api/chart_sql.h"
#include "api/json_reader.h"
#include "api/measure_value.h"
#include "base/text.h"

namespace gsa::api {
namespace {

constexpr Day kDaysOfWeek = 7;
constexpr DayRange kNoDays{0, -1};

// null where there is nothing to divide by.
void write_share(JsonWriter& json, std::string_view name, std::int64_t part, std::int64_t whole) {
  json.field(name, whole == 0
                       ? std::nullopt
                       : std::optional(static_cast<double>(part) / static_cast<double>(whole)));
}

constexpr std::array<Sum, 3> kFunnel = {Sum::generations, Sum::successes, Sum::downloads};

void write_steps(JsonWriter& json, std::string_view name, const Groups& groups, std::size_t group) {
  json.key(name);
  json.begin_array();
  const std::int64_t first = groups.of(kFunnel.front())[group];
  std::int64_t previous = first;
  for (const Sum step : kFunnel) {
    const std::int64_t count = groups.of(step)[group];
    json.begin_object();
    json.field("step", info(step).name);
    json.field("count", count);
    write_share(json, "of_previous", count, previous);
    write_share(json, "of_first", count, first);
    json.end_object();
    previous = count;
  }
  json.end_array();
}

// Active users of each cohort by week since their signup.
using Weeks = std::vector<std::map<std::int64_t, std::int64_t>>;

Weeks active_weeks(const Facts& facts, const Selection& selection, const Axis& cohort) {
  Weeks weeks(cohort.size());
  std::size_t user = facts.users;  // the last one, whose sessions come in the order of time
  std::int64_t last_week = -1;
  selection.sessions.for_each([&](std::size_t s) {
    const std::size_t of = facts.user_of[s];
    const Day signup = facts.signup_day[of];
    const Day day = facts.first_day + static_cast<Day>(facts.day[s]);
    if (signup == Facts::kNoDay || day < signup) return;
    const std::int64_t week = (day - signup) / kDaysOfWeek;
    if (of == user && week == last_week) return;
    user = of;
    last_week = week;
    ++weeks[cohort.code(s)][week];
  });
  return weeks;
}

void write_weeks(JsonWriter& json, const std::map<std::int64_t, std::int64_t>& weeks,
                 std::int64_t users) {
  json.key("weeks");
  json.begin_array();
  for (const auto& [week, active] : weeks) {
    json.begin_object();
    json.field("week", week);
    json.field("active_users", active);
    write_share(json, "retention", active, users);
    json.end_object();
  }
  json.end_array();
}

std::vector<const Measure*> cohort_measures(ObjectReader& reader) {
  std::vector<std::string> names = reader.texts("measures", 8);
  if (names.empty()) names = {"active_users", "friction", "cost_per_session"};
  std::vector<const Measure*> list;
  for (const std::string& name : names) {
    list.push_back(&measure_named(name));
    if (list.back()->part == Sum::users) {
      throw bad_request("'users' is in every row already", "leave it out");
    }
  }
  return list;
}

Sum read_by(ObjectReader& reader) {
  const std::string by = reader.text("by").value_or("cost");
  std::vector<std::string> names;
  for (const Sum sum : {Sum::cost, Sum::generations, Sum::sessions, Sum::wasted_cost, Sum::failures,
                        Sum::retries}) {
    if (info(sum).name == by) return sum;
    names.emplace_back(info(sum).name);
  }
  throw bad_request(fmt::format("users cannot be ordered by '{}'", by),
                    "they can by: " + join(names, ", "));
}

double scaled(Sum sum, std::int64_t value) {
  return static_cast<double>(value) / (1 / info(sum).scale);
}

void write_number(JsonWriter& json, std::string_view name, Sum sum, std::int64_t value) {
  if (info(sum).scale == 1) {
    json.field(name, value);
  } else {
    json.field(name, scaled(sum, value));
  }
}

void write_user(JsonWriter& json, const Facts& facts, const Groups& groups, Sum by,
                std::int64_t total, std::size_t user) {
  json.begin_object();
  json.field("user", facts.user_ids[user]);
  for (const auto& [name, dim] :
       {std::pair("tier", Dim::tier), {"region", Dim::region}, {"device", Dim::device}}) {
    json.key(name);
    write(json, facts.attribute(dim).values[facts.attribute(dim)[user]]);
  }
  for (const Sum sum : {Sum::sessions, Sum::generations, Sum::cost}) {
    write_number(json, info(sum).name, sum, groups.of(sum)[user]);
  }
  write_number(json, "value", by, groups.of(by)[user]);
  write_share(json, "share", groups.of(by)[user], total);
  json.field("friction", value_of(measure_named("friction"), groups, user, {}));
  json.end_object();
}

// `users` are in descending order of what they have.
void write_concentration(JsonWriter& json, const Groups& groups, Sum by, std::int64_t total,
                         const std::vector<std::size_t>& users) {
  json.key("concentration");
  json.begin_array();
  for (const double top : {0.01, 0.05, 0.1, 0.2, 0.5}) {
    const auto count = static_cast<std::size_t>(std::ceil(top * static_cast<double>(users.size())));
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += groups.of(by)[users[i]];
    json.begin_object();
    json.field("top", top);
    json.field("users", count);
    write_share(json, "share", sum, total);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string funnel(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  std::vector<const Dimension*> split;
  if (const auto name = reader.text("dimension")) split.push_back(&dimension_named(*name));
  const Scope scope = read_scope(reader);
  const bool wants_sql = reader.boolean("sql", false);
  reader.done();

  const Facts& facts = snapshot.facts();
  const DayRange days = snapshot.days_of(scope).value_or(kNoDays);
  const auto selection = snapshot.selection(scope, days);
  const std::vector<Sum> sums = {Sum::sessions, Sum::generations, Sum::successes, Sum::downloads};
  const Groups all = aggregate(facts, *selection, Grouping(facts, {}), sums, {});
  const Grouping grouping(facts, split);
  const Groups groups = aggregate(facts, *selection, grouping, sums, {});
  JsonWriter json;
  json.begin_object();
  json.field("publication", facts.publication);
  write_steps(json, "total", all, 0);
  json.key("segments");
  json.begin_array();
  for (std::size_t g = 0; g < grouping.size() && !split.empty(); ++g) {
    if (groups.of(Sum::generations)[g] == 0) continue;
    json.begin_object();
    json.key("value");
    write(json, grouping.key(g).front());
    write_steps(json, "steps", groups, g);
    json.field("ranked", groups.of(Sum::sessions)[g] >= kMinSessions);
    json.end_object();
  }
  json.end_array();
  json.field("sql", sql_if(wants_sql && facts.days() > 0, [&] {
               return funnel_sql(split.empty() ? nullptr : split.front(), scope, days);
             }));
  json.end_object();
  return json.take();
}

std::string cohorts(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const std::vector<const Measure*> measures = cohort_measures(reader);
  const Scope scope = read_scope(reader);
  const bool wants_sql = reader.boolean("sql", false);
  reader.done();

  const Facts& facts = snapshot.facts();
  const DayRange days = snapshot.days_of(scope).value_or(kNoDays);
  const auto selection = snapshot.selection(scope, days);
  const Grouping grouping(facts, {&info(Dim::cohort_week)});
  const Ingredients ingredients = ingredients_of(measures);
  const Groups groups =
      aggregate(facts, *selection, grouping, ingredients.sums, ingredients.quantiles);
  const std::vector<std::int64_t> users = count_users(facts, scope, days.to, grouping);
  const Weeks weeks = active_weeks(facts, *selection, grouping.axes().front());
  JsonWriter json;
  json.begin_object();
  json.field("publication", facts.publication);
  json.key("measures");
  json.begin_array();
  for (const Measure* measure : measures) json.value(measure->name);
  json.end_array();
  json.key("cohorts");
  json.begin_array();
  for (std::size_t g = 0; g < grouping.size(); ++g) {
    const std::int64_t sessions = groups.of(Sum::sessions)[g];
    if (users[g] == 0 && sessions == 0) continue;
    json.begin_object();
    json.field("cohort_week", to_string(grouping.key(g).front()));
    json.field("users", users[g]);
    json.field("sessions", sessions);
    json.field("ranked", sessions >= kMinSessions);
    json.key("values");
    json.begin_array();
    for (const Measure* measure : measures) {
      json.value(value_of(*measure, groups, g, ingredients));
    }
    json.end_array();
    write_weeks(json, weeks[g], users[g]);
    json.end_object();
  }
  json.end_array();
  json.field("sql",
             sql_if(wants_sql && facts.days() > 0, [&] { return cohorts_sql(scope, days); }));
  json.end_object();
  return json.take();
}

std::string top_users(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const Sum by = read_by(reader);
  const auto limit = static_cast<std::size_t>(reader.integer("limit", 1, 1000, 20));
  const Scope scope = read_scope(reader);
  const bool wants_sql = reader.boolean("sql", false);
  reader.done();

  const Facts& facts = snapshot.facts();
  const DayRange days = snapshot.days_of(scope).value_or(kNoDays);
  const auto selection = snapshot.selection(scope, days);
  const Groups groups =
      aggregate(facts, *selection, Grouping(facts, {&info(Dim::user)}),
                {Sum::sessions, Sum::generations, Sum::cost, Sum::friction, by}, {});
  const std::vector<std::int64_t>& amounts = groups.of(by);
  std::vector<std::size_t> users;
  std::int64_t total = 0;
  for (std::size_t u = 0; u < facts.users; ++u) {
    if (groups.of(Sum::sessions)[u] == 0) continue;
    users.push_back(u);
    total += amounts[u];
  }
  std::stable_sort(users.begin(), users.end(),
                   [&](std::size_t a, std::size_t b) { return amounts[a] > amounts[b]; });
  JsonWriter json;
  json.begin_object();
  json.field("publication", facts.publication);
  json.field("by", info(by).name);
  write_number(json, "total", by, total);
  json.field("active_users", users.size());
  json.key("users");
  json.begin_array();
  for (std::size_t i = 0; i < std::min(limit, users.size()); ++i) {
    write_user(json, facts, groups, by, total, users[i]);
  }
  json.end_array();
  write_concentration(json, groups, by, total, users);
  json.field("sql", sql_if(wants_sql && facts.days() > 0,
                           [&] { return top_users_sql(by, scope, days, limit); }));
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
