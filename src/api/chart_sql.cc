#include "api/chart_sql.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/query_sql.h"
#include "base/text.h"

namespace gsa::api {
namespace {

using Dimensions = std::vector<const Dimension*>;

bool of_generations(const Dimension* dimension) {
  return dimension != nullptr && dimension->level == Level::generation;
}

// With filters on generations sessions count that have one that passes.
std::string chosen(const Scope& scope) {
  return scope.has_generation_filters()
             ? "\n    where s.session_id in (select session_id from generations)"
             : "";
}

// A sum over fct_sessions where each is counted by its weight: all are count(*) or sum(…), some
// with a filter.
std::string weighted(std::string_view sql) {
  constexpr std::string_view kCount = "count(*)";
  if (sql.starts_with(kCount)) return "sum(s.weight)" + std::string(sql.substr(kCount.size()));
  return std::string(sql.substr(0, sql.size() - 1)) + " * s.weight)";
}

// Sums of a measure by the values of a dimension: rows with `sessions`, `part` and `whole`, of
// which some are null, to be added up. A session in several segments counts in each, or is shared
// out among them by the number of its generations there, as `overlap` says.
class Pieces {
 public:
  Pieces(const Measure& measure, const Scope& scope, Overlap overlap, bool has_periods)
      : part_(info(measure.part)),
        whole_(info(measure.whole.value())),
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

  // The same of all segments together, where each session counts once.
  std::string of_all() const {
    std::string sql = fmt::format("select {}\n    from sessions as s{}",
                                  sums(Level::session, false), chosen(scope_));
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
    const auto add = [&](std::string_view sql, std::string_view name) {
      columns.push_back(
          fmt::format("({})::double as {}", shared ? weighted(sql) : std::string(sql), name));
    };
    if (level == Level::session) add("count(*)", "sessions");
    if (part_.level == level) add(part_.sql, "part");
    if (whole_.level == level) add(whole_.sql, "whole");
    return join(columns, ", ");
  }

  std::string sessions(const Dimension& dimension) const {
    if (!of_generations(&dimension)) return "sessions as s" + chosen(scope_);
    const std::string period = has_periods_ ? ", period" : "";
    return fmt::format(
        "(\n        select s.*, d.{0}, d.weight\n        from sessions as s\n        join (\n"
        "            select session_id, {0}{1}, count(*) / sum(count(*)) over (partition by "
        "session_id{1}) as weight\n            from generations\n            group by session_id, "
        "{0}{1}\n"
        "        ) as d on d.session_id = s.session_id{2}\n    ) as s",
        sql_alias(dimension), period, has_periods_ ? " and d.period = s.period" : "");
  }

  const SumInfo& part_;
  const SumInfo& whole_;
  const Scope& scope_;
  const bool shares_, has_periods_;
};

std::string list(const std::vector<double>& numbers) {
  std::vector<std::string> texts;
  for (const double number : numbers) texts.push_back(fmt::format("{}", number));
  return join(texts, ", ");
}

}  // namespace

std::string histogram_sql(const Range& range, const Dimension* split, const Scope& scope,
                          const DayRange& days) {
  const Dimensions dimensions = split != nullptr ? Dimensions{split} : Dimensions{};
  const bool by_session = range.level == Level::session;
  std::string sql = "with " + sessions_sql(scope, days, dimensions);
  if (!by_session || of_generations(split) || scope.has_generation_filters()) {
    sql += ",\n" + generations_sql(scope, dimensions);
  }
  const std::string key = split != nullptr ? sql_alias(*split) : "";
  std::string source = by_session ? "sessions as s" + chosen(scope) : "generations as g";
  if (by_session && of_generations(split)) {
    source = fmt::format(
        "(\n        select s.*, d.{0}\n        from sessions as s\n        join "
        "(select distinct session_id, {0} from generations) as d on d.session_id "
        "= s.session_id\n    ) as s",
        key);
  }
  const std::vector<double>& edges = range.edges;
  sql += fmt::format(
      ",\nedges as (\n    select unnest([{}]) as low, unnest([{}, null]) as high\n),\n"
      "numbers as (\n    select greatest({}, {}) as number, count(*) as n{}\n    from {}\n"
      "    group by all\n)\n",
      list(edges), list({edges.begin() + 1, edges.end()}), range.sql, edges.front(),
      split != nullptr ? ", " + key : "", source);
  sql += fmt::format(
      "select e.low as \"from\"{}, coalesce(sum(n), 0) as {}\nfrom edges as e\n{}join numbers as v "
      "on v.number >= e.low and (v.number < e.high or e.high is null)\ngroup by all\norder by all",
      split != nullptr ? fmt::format(", v.{} as {}", key, sql_name(split->name)) : "",
      by_session ? "sessions" : "generations", split != nullptr ? "" : "left ");
  return sql;
}

std::string contribution_sql(const Measure& measure, const Dimension& dimension, const Scope& scope,
                             const DayRange& days, Overlap overlap, std::size_t limit) {
  const Pieces pieces(measure, scope, overlap, false);
  std::string sql = "with " + sessions_sql(scope, days, {&dimension});
  if (pieces.wants_generations(dimension)) sql += ",\n" + generations_sql(scope, {&dimension});
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

std::string changes_sql(const Measure& measure, const std::vector<const Dimension*>& dimensions,
                        const Scope& scope, const DayRange& days, const DayRange& before,
                        std::size_t limit) {
  const Pieces pieces(measure, scope, Overlap::shared, true);
  std::string sql = "with " + sessions_sql(scope, {{"now", days}, {"before", before}}, dimensions);
  std::vector<std::string> parts;
  bool wants_generations = false;
  for (const Dimension* dimension : dimensions) {
    wants_generations = wants_generations || pieces.wants_generations(*dimension);
    parts.push_back(pieces.of(*dimension));
  }
  if (wants_generations) sql += ",\n" + generations_by_period_sql(scope, dimensions);
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

std::string funnel_sql(const Dimension* dimension, const Scope& scope, const DayRange& days) {
  MetricsQuery query;
  for (const Sum step : {Sum::generations, Sum::successes, Sum::downloads}) {
    query.measures.push_back(&measure_named(info(step).name));
  }
  if (dimension != nullptr) query.dimensions.push_back(dimension);
  query.scope = scope;
  return sql_of(query, days);
}

std::string cohorts_sql(const Scope& scope, const DayRange& days) {
  const Dimensions dimensions = {&info(Dim::cohort_week)};
  std::string sql = "with " + sessions_sql(scope, days, dimensions);
  if (scope.has_generation_filters()) sql += ",\n" + generations_sql(scope, dimensions);
  const std::string which =
      scope.has_generation_filters()
          ? "\n        and s.session_id in (select session_id from generations)"
          : "";
  sql += fmt::format(
      R"(,
active as (
    select u.cohort_week, (s.session_date - u.signup_at::date) // 7 as week,
        count(distinct s.user_id) as active_users
    from sessions as s
    join dim_users as u on u.user_id = s.user_id
    where s.session_date >= u.signup_at::date{}
    group by all
),
users as (
    select u.cohort_week, count(*) as users
    from dim_users as u
    where {}
    group by all
)
select u.cohort_week, u.users, a.week, a.active_users, a.active_users / u.users as retention
from users as u
join active as a on a.cohort_week is not distinct from u.cohort_week
order by all)",
      which, user_condition(scope, days.to));
  return sql;
}

std::string top_users_sql(Sum by, const Scope& scope, const DayRange& days, std::size_t limit) {
  MetricsQuery query;
  for (const std::string_view name :
       {info(by).name, info(Sum::sessions).name, info(Sum::generations).name, info(Sum::cost).name,
        std::string_view("friction")}) {
    const Measure& measure = measure_named(name);
    if (std::find(query.measures.begin(), query.measures.end(), &measure) == query.measures.end()) {
      query.measures.push_back(&measure);
    }
  }
  query.dimensions = {&info(Dim::user), &info(Dim::tier), &info(Dim::region), &info(Dim::device)};
  query.scope = scope;
  const std::string name = sql_name(info(by).name);
  return fmt::format(
      "select *, {0} / nullif(sum({0}) over (), 0) as share\nfrom (\n{1}\n)\n"
      "order by {0} desc, \"user\"\nlimit {2}",
      name, rows_sql_of(query, days), limit);
}

}  // namespace gsa::api
