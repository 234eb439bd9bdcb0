#include "api/engagement.h"

#include <algorithm>
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

// Null if `whole` is 0.
void write_share(JsonWriter& json, std::string_view name, std::int64_t part, std::int64_t whole) {
  json.field(name, whole == 0
                       ? std::nullopt
                       : std::optional(static_cast<double>(part) / static_cast<double>(whole)));
}

// The measures of the saved query 'funnel'; each counts a subset of the one before.
std::vector<const Measure*> funnel_steps(const Layer& layer) {
  std::vector<const Measure*> steps = measures_of(layer, chart_named(layer, "funnel"));
  const bool fits =
      !steps.empty() && std::all_of(steps.begin(), steps.end(), [&](const auto* step) {
        return layer.kind_of(*step) == "additive" && layer.level_of(*step) != Level::user;
      });
  if (fits) return steps;
  throw bad_request("the saved query 'funnel' is not of counts", "each of its metrics is a sum");
}

void write_steps(JsonWriter& json, std::string_view name, const std::vector<const Measure*>& steps,
                 const Groups& groups, std::size_t group) {
  json.key(name);
  json.begin_array();
  const std::int64_t first = groups.of(steps.front()->part)[group];
  std::int64_t previous = first;
  for (const Measure* step : steps) {
    const std::int64_t count = groups.of(step->part)[group];
    json.begin_object();
    json.field("step", step->name);
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
  std::size_t user = facts.users;  // the current one; a user's sessions are in order of time
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

std::vector<const Measure*> cohort_measures(const Layer& layer, ObjectReader& reader) {
  std::vector<std::string> names = reader.texts("measures", 8);
  if (names.empty()) names = chart_named(layer, "cohorts").measures;
  std::vector<const Measure*> list;
  for (const std::string& name : names) {
    list.push_back(&measure_named(layer, name));
    if (!ingredients_of(layer, {list.back()}).of_users.empty()) {
      throw bad_request(fmt::format("'{}' is of users, who are in every row already", name),
                        "leave it out");
    }
  }
  return list;
}

// The requested measure of the saved query 'top_users'; by default the first.
const Measure& read_by(const Layer& layer, ObjectReader& reader) {
  const Chart& chart = chart_named(layer, "top_users");
  const std::string by =
      reader.text("by").value_or(chart.measures.empty() ? "" : chart.measures[0]);
  if (std::find(chart.measures.begin(), chart.measures.end(), by) != chart.measures.end()) {
    const Measure& measure = measure_named(layer, by);
    if (layer.kind_of(measure) == "additive" && layer.level_of(measure) != Level::user) {
      return measure;
    }
  }
  throw bad_request(fmt::format("users cannot be ordered by '{}'", by),
                    "they can by: " + join(chart.measures, ", "));
}

void write_number(JsonWriter& json, std::string_view name, const Base& base, std::int64_t value) {
  if (base.decimals == 0) {
    json.field(name, value);
  } else {
    json.field(name, static_cast<double>(value) / base.unit());
  }
}

void write_user(JsonWriter& json, const Facts& facts, const Groups& groups, const Measure& by,
                const UserRow& row, std::int64_t total, std::size_t user) {
  const Layer& layer = *facts.layer;
  json.begin_object();
  json.field("user", facts.user_ids[user]);
  write_number(json, "value", layer.bases[by.part], groups.of(by.part)[user]);
  write_share(json, "share", groups.of(by.part)[user], total);
  json.key("attributes");
  json.begin_array();
  for (const Dimension* attribute : row.attributes) {
    const Axis axis(facts, *attribute);
    write(json, axis.value(axis.code_of_user(user)));
  }
  json.end_array();
  json.list("values", row.measures,
            [&](const Measure* measure) { return value_of(layer, *measure, groups, user); });
  json.end_object();
}

// `users` must be in descending order of their amounts.
void write_concentration(JsonWriter& json, const std::vector<std::int64_t>& amounts,
                         std::int64_t total, const std::vector<std::size_t>& users) {
  json.key("concentration");
  json.begin_array();
  for (const double top : {0.01, 0.05, 0.1, 0.2, 0.5}) {
    const auto count = static_cast<std::size_t>(std::ceil(top * static_cast<double>(users.size())));
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += amounts[users[i]];
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
  const Layer& layer = *snapshot.facts().layer;
  std::vector<const Dimension*> split;
  if (const auto name = reader.text("dimension")) split.push_back(&dimension_named(layer, *name));
  const Scope scope = read_scope(layer, reader);
  const bool wants_sql = reader.boolean("sql", false);
  reader.done();

  const Facts& facts = snapshot.facts();
  const DayRange days = snapshot.days_of(scope).value_or(kNoDays);
  const auto selection = snapshot.selection(scope, days);
  const std::vector<const Measure*> steps = funnel_steps(layer);
  const std::vector<std::size_t> sums = ingredients_of(layer, steps).bases;
  const Groups all = aggregate(facts, *selection, Grouping(facts, {}), sums);
  const Grouping grouping(facts, split);
  const Groups groups = aggregate(facts, *selection, grouping, sums);
  JsonWriter json;
  json.begin_object();
  json.field("publication", facts.publication);
  write_steps(json, "total", steps, all, 0);
  json.key("segments");
  json.begin_array();
  for (std::size_t g = 0; g < grouping.size() && !split.empty(); ++g) {
    if (groups.of(steps.front()->part)[g] == 0) continue;
    json.begin_object();
    json.key("value");
    write(json, grouping.key(g).front());
    write_steps(json, "steps", steps, groups, g);
    json.field("ranked", groups.sessions[g] >= kMinSessions);
    json.end_object();
  }
  json.end_array();
  json.field("sql", sql_if(wants_sql && facts.days() > 0, [&] {
               return funnel_sql(layer, split.empty() ? nullptr : split.front(), scope, days);
             }));
  json.end_object();
  return json.take();
}

std::string cohorts(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const Layer& layer = *snapshot.facts().layer;
  const std::vector<const Measure*> measures = cohort_measures(layer, reader);
  const Scope scope = read_scope(layer, reader);
  const bool wants_sql = reader.boolean("sql", false);
  reader.done();

  const Facts& facts = snapshot.facts();
  const DayRange days = snapshot.days_of(scope).value_or(kNoDays);
  const auto selection = snapshot.selection(scope, days);
  const Grouping grouping(facts, {&cohort_dimension(layer)});
  const Groups groups =
      aggregate(facts, *selection, grouping, ingredients_of(layer, measures).bases);
  const std::vector<std::int64_t> users = count_users(facts, scope, days.to, grouping);
  const Weeks weeks = active_weeks(facts, *selection, grouping.axes().front());
  JsonWriter json;
  json.begin_object();
  json.field("publication", facts.publication);
  json.list("measures", measures, kNameOf);
  json.key("cohorts");
  json.begin_array();
  for (std::size_t g = 0; g < grouping.size(); ++g) {
    const std::int64_t sessions = groups.sessions[g];
    if (users[g] == 0 && sessions == 0) continue;
    json.begin_object();
    json.field("cohort_week", to_string(grouping.key(g).front()));
    json.field("users", users[g]);
    json.field("sessions", sessions);
    json.field("ranked", sessions >= kMinSessions);
    json.list("values", measures,
              [&](const Measure* measure) { return value_of(layer, *measure, groups, g); });
    write_weeks(json, weeks[g], users[g]);
    json.end_object();
  }
  json.end_array();
  json.field("sql", sql_if(wants_sql && facts.days() > 0,
                           [&] { return cohorts_sql(layer, scope, days); }));
  json.end_object();
  return json.take();
}

std::string top_users(const Snapshot& snapshot, std::string_view request) {
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const Layer& layer = *snapshot.facts().layer;
  const Measure& by = read_by(layer, reader);
  const auto limit = static_cast<std::size_t>(reader.integer("limit", 1, 1000, 20));
  const Scope scope = read_scope(layer, reader);
  const bool wants_sql = reader.boolean("sql", false);
  reader.done();

  const Facts& facts = snapshot.facts();
  const DayRange days = snapshot.days_of(scope).value_or(kNoDays);
  const auto selection = snapshot.selection(scope, days);
  const UserRow row = user_row(layer);
  std::vector<const Measure*> shown = row.measures;
  shown.push_back(&by);
  const Dimension* user = layer.find_dimension(DimensionKind::user);
  const Groups groups =
      aggregate(facts, *selection, Grouping(facts, {user}), ingredients_of(layer, shown).bases);
  const std::vector<std::int64_t>& amounts = groups.of(by.part);
  std::vector<std::size_t> users;
  std::int64_t total = 0;
  for (std::size_t u = 0; u < facts.users; ++u) {
    if (groups.sessions[u] == 0) continue;
    users.push_back(u);
    total += amounts[u];
  }
  std::stable_sort(users.begin(), users.end(),
                   [&](std::size_t a, std::size_t b) { return amounts[a] > amounts[b]; });
  JsonWriter json;
  json.begin_object();
  json.field("publication", facts.publication);
  json.field("by", by.name);
  write_number(json, "total", layer.bases[by.part], total);
  json.field("active_users", users.size());
  json.list("attributes", row.attributes, kNameOf);
  json.list("measures", row.measures, kNameOf);
  json.key("users");
  json.begin_array();
  for (std::size_t i = 0; i < std::min(limit, users.size()); ++i) {
    write_user(json, facts, groups, by, row, total, users[i]);
  }
  json.end_array();
  write_concentration(json, amounts, total, users);
  json.field("sql", sql_if(wants_sql && facts.days() > 0,
                           [&] { return top_users_sql(layer, by, scope, days, limit); }));
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
