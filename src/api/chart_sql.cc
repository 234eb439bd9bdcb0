#include "api/chart_sql.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/api_error.h"
#include "api/measure_value.h"
#include "api/query_sql.h"
#include "base/text.h"
#include "semantic/layer_sql.h"

namespace gsa::api {
namespace {

using Dimensions = std::vector<const Dimension*>;

bool of_generations(const Dimension* dimension) {
  return dimension != nullptr && dimension->level == Level::generation;
}

// With filters on generations, only sessions with a passing generation count.
std::string chosen(const Layer& layer, const Scope& scope) {
  return scope.has_generation_filters() ? "\n    where " + has_generation_sql(layer) : "";
}

// Sums of a measure by the values of a dimension: rows with `sessions`, `part` and `whole`, some of
// them null, for the caller to add up. `overlap` decides whether a session in several segments
// counts fully in each or is divided by the number of its generations there.
class Pieces {
 public:
  Pieces(const Layer& layer, const Measure& measure, const Scope& scope, Overlap overlap,
         bool has_periods)
      : layer_(layer),
        part_(layer.bases[measure.part]),
        whole_(layer.bases[measure.whole.value()]),
        scope_(scope),
        shares_(overlap == Overlap::shared),
        has_periods_(has_periods) {}

  bool wants_generations(const Dimension& dimension) const {
    return of_generations(&dimension) || scope_.has_generation_filters() || has(Level::generation);
  }

  std::string of(const Dimension& dimension) const {
    std::string sql = fmt::format("select {}, {}\n    from {}\n    group by all", keys(dimension),
                                  sums(Level::session, shares_ && of_generations(&dimension)),
                                  sessions(dimension));
    if (has(Level::generation)) {
      sql += fmt::format(
          "\n    union all by name\n    select {}, {}\n    from generations as g\n"
          "    group by all",
          keys(dimension), sums(Level::generation, false));
    }
    return sql;
  }

  // The same for all segments together; each session counts once.
  std::string of_all() const {
    std::string sql = fmt::format("select {}\n    from sessions as s{}",
                                  sums(Level::session, false), chosen(layer_, scope_));
    if (has(Level::generation)) {
      sql += fmt::format("\n    union all by name\n    select {}\n    from generations as g",
                         sums(Level::generation, false));
    }
    return sql;
  }

 private:
  bool has(Level level) const { return part_.level == level || whole_.level == level; }

  std::string keys(const Dimension& dimension) const {
    return has_periods_ ? fmt::format("'{}' as dimension, {}::varchar as \"value\", period",
                                      dimension.name, sql_alias(dimension))
                        : sql_alias(dimension);
  }

  std::string sums(Level level, bool shared) const {
    std::vector<std::string> columns;
    const auto add = [&](const std::string& sql, std::string_view name) {
      columns.push_back(fmt::format("({})::double as {}", sql, name));
    };
    const auto sum = [&](const Base& base) {
      return shared ? semantic::weighted_sql(base, "s.weight") : semantic::aggregate_sql(base);
    };
    if (level == Level::session) add(shared ? "sum(s.weight)" : "count(*)", "sessions");
    if (part_.level == level) add(sum(part_), "part");
    if (whole_.level == level) add(sum(whole_), "whole");
    return join(columns, ", ");
  }

  std::string sessions(const Dimension& dimension) const {
    if (!of_generations(&dimension)) return "sessions as s" + chosen(layer_, scope_);
    const std::string period = has_periods_ ? ", period" : "";
    return fmt::format(
        "(\n        select s.*, d.{0}, d.weight\n        from sessions as s\n        join (\n"
        "            select {3} as in_session, {0}{1}, count(*) / sum(count(*)) over (partition by "
        "in_session{1}) as weight\n            from generations as g\n            group by "
        "in_session, {0}{1}\n"
        "        ) as d on d.in_session = {4}{2}\n    ) as s",
        sql_alias(dimension), period, has_periods_ ? " and d.period = s.period" : "",
        layer_.table(Level::generation).parent, layer_.table(Level::session).key);
  }

  const Layer& layer_;
  const Base& part_;
  const Base& whole_;
  const Scope& scope_;
  const bool shares_, has_periods_;
};

std::string list(const std::vector<double>& numbers) {
  std::vector<std::string> texts;
  for (const double number : numbers) texts.push_back(fmt::format("{}", number));
  return join(texts, ", ");
}

}  // namespace

const Dimension& cohort_dimension(const Layer& layer) {
  const Chart& chart = chart_named(layer, "cohorts");
  const auto dimensions = dimensions_of(layer, chart);
  if (dimensions.size() == 1 && dimensions.front()->level == Level::user &&
      dimensions.front()->kind == DimensionKind::coded) {
    return *dimensions.front();
  }
  throw bad_request("the saved query 'cohorts' groups by one attribute of users",
                    "write group_by: [\"Dimension('user__cohort_week')\"]");
}

std::string histogram_sql(const Layer& layer, const Range& range, const Dimension* split,
                          const Scope& scope, const DayRange& days) {
  const Dimensions dimensions = split != nullptr ? Dimensions{split} : Dimensions{};
  const bool by_session = range.level == Level::session;
  std::string sql = "with " + sessions_sql(layer, scope, days, dimensions);
  if (!by_session || of_generations(split) || scope.has_generation_filters()) {
    sql += ",\n" + generations_sql(layer, scope, dimensions);
  }
  const std::string key = split != nullptr ? sql_alias(*split) : "";
  std::string source = by_session ? "sessions as s" + chosen(layer, scope) : "generations as g";
  if (by_session && of_generations(split)) {
    source = fmt::format(
        "(\n        select s.*, d.{0}\n        from sessions as s\n        join "
        "(select distinct {1} as in_session, {0} from generations as g) as d on d.in_session "
        "= {2}\n    ) as s",
        key, layer.table(Level::generation).parent, layer.table(Level::session).key);
  }
  const std::vector<double>& edges = range.edges;
  sql += fmt::format(
      ",\nedges as (\n    select unnest([{}]) as low, unnest([{}, null]) as high\n),\n"
      "numbers as (\n    select greatest({}, {}) as number, count(*) as n{}\n    from {}\n"
      "    group by all\n)\n",
      list(edges), list({edges.begin() + 1, edges.end()}), range.expr, edges.front(),
      split != nullptr ? ", " + key : "", source);
  sql += fmt::format(
      "select e.low as \"from\"{}, coalesce(sum(n), 0) as {}\nfrom edges as e\n{}join numbers as v "
      "on v.number >= e.low and (v.number < e.high or e.high is null)\ngroup by all\norder by all",
      split != nullptr ? fmt::format(", v.{} as {}", key, sql_name(split->name)) : "",
      by_session ? "sessions" : "generations", split != nullptr ? "" : "left ");
  return sql;
}

std::string contribution_sql(const Layer& layer, const Measure& measure, const Dimension& dimension,
                             const Scope& scope, const DayRange& days, Overlap overlap,
                             std::size_t limit) {
  const Pieces pieces(layer, measure, scope, overlap, false);
  std::string sql = "with " + sessions_sql(layer, scope, days, {&dimension});
  if (pieces.wants_generations(dimension))
    sql += ",\n" + generations_sql(layer, scope, {&dimension});
  sql += fmt::format(
      ",\npieces as (\n    {0}\n),\nsegments as (\n    select {1}, sum(sessions) as sessions, "
      "sum(part) as part, sum(whole) as whole\n    from pieces\n    group by all\n),\n"
      "totals as (\n    select sum(part) as part, sum(whole) as whole\n    from (\n    {5}\n    "
      ")\n)\n"
      "select\n    s.{1} as {2},\n    s.sessions,\n    s.whole / t.whole as share,\n"
      "    s.part / s.whole as {3},\n"
      "    (s.part - t.part / t.whole * s.whole) / t.whole as contribution\n"
      "from segments as s\ncross join totals as t\nwhere s.whole > 0\n"
      "order by abs(contribution) desc\nlimit {4}",
      pieces.of(dimension), sql_alias(dimension), sql_name(dimension.name), sql_name(measure.name),
      limit, pieces.of_all());
  return sql;
}

std::string changes_sql(const Layer& layer, const Measure& measure,
                        const std::vector<const Dimension*>& dimensions, const Scope& scope,
                        const DayRange& days, const DayRange& before, std::size_t limit) {
  const Pieces pieces(layer, measure, scope, Overlap::shared, true);
  std::string sql =
      "with " + sessions_sql(layer, scope, {{"now", days}, {"before", before}}, dimensions);
  std::vector<std::string> parts;
  bool wants_generations = false;
  for (const Dimension* dimension : dimensions) {
    wants_generations = wants_generations || pieces.wants_generations(*dimension);
    parts.push_back(pieces.of(*dimension));
  }
  if (wants_generations) sql += ",\n" + generations_by_period_sql(layer, scope, dimensions);
  sql += fmt::format(
      R"(,
pieces as (
    {}
),
segments as (
    select dimension, "value",
        coalesce(sum(sessions) filter (where period = 'now'), 0) as sessions,
        coalesce(sum(sessions) filter (where period = 'before'), 0) as compared_sessions,
        coalesce(sum(part) filter (where period = 'now'), 0) as part,
        coalesce(sum(part) filter (where period = 'before'), 0) as compared_part,
        coalesce(sum(whole) filter (where period = 'now'), 0) as whole,
        coalesce(sum(whole) filter (where period = 'before'), 0) as compared_whole
    from pieces
    group by dimension, "value"
),
totals as (
    select dimension, sum(part) / sum(whole) as now, sum(compared_part) / sum(compared_whole) as before,
        sum(whole) as whole, sum(compared_whole) as compared_whole
    from segments
    group by dimension
),
averages as (
    select s.dimension, s."value", s.sessions, s.compared_sessions,
        s.whole / t.whole as share, s.compared_whole / t.compared_whole as compared_share,
        s.part / nullif(s.whole, 0) as average,
        s.compared_part / nullif(s.compared_whole, 0) as compared_average,
        coalesce(average, t.now) as now, coalesce(compared_average, t.before) as before,
        (t.now + t.before) / 2 as middle
    from segments as s
    join totals as t on t.dimension = s.dimension
)
select dimension, "value", sessions, compared_sessions, share, compared_share,
    average as {}, compared_average as {},
    (share + compared_share) / 2 * (now - before) as rate_effect,
    (share - compared_share) * ((now + before) / 2 - middle) as mix_effect,
    rate_effect + mix_effect as effect
from averages
order by sessions >= {} and compared_sessions >= {} desc, abs(effect) desc
limit {})",
      join(parts, "\n    union all by name\n    "), sql_name(measure.name),
      sql_name(fmt::format("compared_{}", measure.name)), kMinSessions, kMinSessions, limit);
  return sql;
}

std::string funnel_sql(const Layer& layer, const Dimension* dimension, const Scope& scope,
                       const DayRange& days) {
  MetricsQuery query;
  query.measures = measures_of(layer, chart_named(layer, "funnel"));
  if (dimension != nullptr) query.dimensions.push_back(dimension);
  query.scope = scope;
  return sql_of(layer, query, days);
}

std::string cohorts_sql(const Layer& layer, const Scope& scope, const DayRange& days) {
  const Dimension& cohort = cohort_dimension(layer);
  const Dimensions dimensions = {&cohort};
  const semantic::Table &users = layer.table(Level::user), &sessions = layer.table(Level::session);
  std::string sql = "with " + sessions_sql(layer, scope, days, dimensions);
  if (scope.has_generation_filters()) sql += ",\n" + generations_sql(layer, scope, dimensions);
  const std::string which =
      scope.has_generation_filters() ? "\n        and " + has_generation_sql(layer) : "";
  sql += fmt::format(
      R"(,
active as (
    select {cohort} as cohort_week, ({day} - {signup}::date) // 7 as week,
        count(distinct {user}) as active_users
    from sessions as s
    join {users} as u on {key} = {user}
    where {day} >= {signup}::date{which}
    group by all
),
users as (
    select {cohort} as cohort_week, count(*) as users
    from {users} as u
    where {condition}
    group by all
)
select u.cohort_week, u.users, a.week, a.active_users, a.active_users / u.users as retention
from users as u
join active as a on a.cohort_week is not distinct from u.cohort_week
order by all)",
      fmt::arg("cohort", cohort.expr), fmt::arg("day", sessions.day), fmt::arg("signup", users.day),
      fmt::arg("user", sessions.user), fmt::arg("users", semantic::relation_sql(users)),
      fmt::arg("key", users.key), fmt::arg("which", which),
      fmt::arg("condition", user_condition(layer, scope, days.to)));
  return sql;
}

UserRow user_row(const Layer& layer) {
  UserRow row;
  row.attributes = dimensions_of(layer, chart_named(layer, "top_users"));
  for (const Dimension* attribute : row.attributes) {
    if (attribute->level == Level::user && attribute->kind == DimensionKind::coded) continue;
    throw bad_request(
        fmt::format("the saved query 'top_users' groups by '{}', which is no "
                    "attribute of users",
                    attribute->name));
  }
  const Chart* chart = layer.find_chart("top_users_row");
  if (chart != nullptr) row.measures = measures_of(layer, *chart);
  for (const Measure* measure : row.measures) {
    if (ingredients_of(layer, {measure}).of_users.empty()) continue;
    throw bad_request(
        fmt::format("the saved query 'top_users_row' has '{}', which is of users and "
                    "not of one user",
                    measure->name));
  }
  return row;
}

std::string top_users_sql(const Layer& layer, const Measure& by, const Scope& scope,
                          const DayRange& days, std::size_t limit) {
  MetricsQuery query;
  query.measures.push_back(&by);
  const UserRow row = user_row(layer);
  for (const Measure* measure : row.measures) {
    if (measure != &by) query.measures.push_back(measure);
  }
  query.dimensions.push_back(layer.find_dimension(DimensionKind::user));
  query.dimensions.insert(query.dimensions.end(), row.attributes.begin(), row.attributes.end());
  query.scope = scope;
  const std::string name = sql_name(by.name);
  return fmt::format(
      "select *, {0} / nullif(sum({0}) over (), 0) as share\nfrom (\n{1}\n)\n"
      "order by {0} desc, {3}\nlimit {2}",
      name, rows_sql_of(layer, query, days), limit, sql_name(query.dimensions.front()->name));
}

}  // namespace gsa::api
