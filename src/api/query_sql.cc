#include "api/query_sql.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "semantic/layer_sql.h"

namespace gsa::api {
namespace {

std::string value_list(const std::vector<Value>& values) {
  std::vector<std::string> literals;
  for (const Value& value : values) {
    if (!std::holds_alternative<std::monostate>(value)) literals.push_back(sql_literal(value));
  }
  return join(literals, ", ");
}

bool has_null(const std::vector<Value>& values) {
  return std::any_of(values.begin(), values.end(), [](const Value& value) {
    return std::holds_alternative<std::monostate>(value);
  });
}

// Null is a value like others: a list may contain it, and excluding other values keeps it.
std::string condition(const Filter& filter) {
  std::vector<std::string> parts;
  if (filter.range != nullptr) {
    if (filter.min) parts.push_back(fmt::format("{} >= {}", filter.range->expr, *filter.min));
    if (filter.max) parts.push_back(fmt::format("{} < {}", filter.range->expr, *filter.max));
    return join(parts, " and ");
  }
  const std::string sql = semantic::dimension_sql(*filter.dimension);
  if (filter.in) {
    std::vector<std::string> either;
    const std::string values = value_list(*filter.in);
    if (!values.empty()) either.push_back(fmt::format("{} in ({})", sql, values));
    if (has_null(*filter.in)) either.push_back(fmt::format("{} is null", sql));
    parts.push_back(either.empty()       ? "false"
                    : either.size() == 1 ? either.front()
                                         : "(" + join(either, " or ") + ")");
  }
  if (!filter.not_in.empty()) {
    const std::string values = value_list(filter.not_in);
    if (!values.empty()) {
      parts.push_back(has_null(filter.not_in)
                          ? fmt::format("{} not in ({})", sql, values)
                          : fmt::format("({0} not in ({1}) or {0} is null)", sql, values));
    }
    if (has_null(filter.not_in)) parts.push_back(fmt::format("{} is not null", sql));
  }
  return join(parts, " and ");
}

std::string conditions(const Scope& scope, bool of_generations) {
  std::vector<std::string> parts;
  for (const Filter& filter : scope.filters) {
    if ((filter.level() == Level::generation) == of_generations) {
      parts.push_back(condition(filter));
    }
  }
  return join(parts, "\n    and ");
}

// Writes the query piece by piece.
class Writer {
 public:
  Writer(const Layer& layer, const MetricsQuery& query, const DayRange& days)
      : layer_(layer), query_(query), days_(days) {
    for (const Measure* measure : query.measures) {
      for (const std::size_t base : layer.bases_of(*measure)) add(base);
    }
    splits_generations_ =
        std::any_of(query.dimensions.begin(), query.dimensions.end(),
                    [](const Dimension* d) { return d->level == Level::generation; });
  }

  std::string rows() {
    std::vector<std::string> parts;
    const bool wants_generations = wants(Level::generation);
    if (wants(Level::session) || wants_generations) parts.push_back(sessions());
    if (wants_generations || splits_generations_ || query_.scope.has_generation_filters()) {
      parts.push_back(generations());
    }
    std::vector<std::string> sources;
    for (const Level level : {Level::session, Level::generation, Level::user}) {
      if (!wants(level)) continue;
      parts.push_back(aggregate(level));
      sources.emplace_back(name_of(level));
    }
    if (sources.size() > 1) parts.push_back(together(sources));
    return fmt::format("with {}\nselect\n    {}\nfrom {}", join(parts, ",\n"), columns(),
                       sources.size() > 1 ? "totals" : sources.front());
  }

  std::string order() const {
    if (query_.dimensions.empty()) return "";
    std::vector<std::string> order;
    for (const Order& by : query_.order) {
      order.push_back(
          fmt::format("{}{} nulls last", sql_name(by.by), by.descending ? " desc" : ""));
    }
    if (order.empty()) {
      for (const Dimension* dimension : query_.dimensions) {
        order.push_back(sql_name(dimension->name));
      }
    }
    return fmt::format("\norder by {}\nlimit {}", join(order, ", "), query_.limit);
  }

 private:
  static std::string_view name_of(Level level) {
    return level == Level::session      ? "by_session"
           : level == Level::generation ? "by_generation"
                                        : "by_user";
  }

  void add(std::size_t base) {
    if (std::find(bases_.begin(), bases_.end(), base) == bases_.end()) bases_.push_back(base);
  }

  bool wants(Level level) const {
    return std::any_of(bases_.begin(), bases_.end(),
                       [&](std::size_t base) { return layer_.bases[base].level == level; });
  }

  std::string sessions() const {
    return sessions_sql(layer_, query_.scope, days_, query_.dimensions);
  }

  std::string generations() const {
    return generations_sql(layer_, query_.scope, query_.dimensions);
  }

  std::string aggregate(Level level) {
    std::vector<std::string> columns = keys();
    const std::string group = columns.empty() ? "" : "\n    group by " + join(columns, ", ");
    for (const std::size_t index : bases_) {
      const Base& base = layer_.bases[index];
      if (base.level != level) continue;
      columns.push_back(fmt::format("{} as {}", semantic::aggregate_sql(base), total_name(base)));
      total_names_.push_back(total_name(base));
    }
    return fmt::format("{} as (\n    select {}\n    from {}{}\n)", name_of(level),
                       join(columns, ",\n        "), source(level), group);
  }

  std::string source(Level level) const {
    if (level == Level::generation) return "generations as g";
    if (level == Level::user) return users();
    if (splits_generations_) return "(\n" + sessions_by_generation() + ") as s";
    if (query_.scope.has_generation_filters()) {
      return "sessions as s\n    where " + has_generation_sql(layer_);
    }
    return "sessions as s";
  }

  // Each session once per group of its generations.
  std::string sessions_by_generation() const {
    std::string distinct = fmt::format("{} as in_session", layer_.table(Level::generation).parent);
    std::string columns = "s.*";
    for (const Dimension* dimension : query_.dimensions) {
      if (dimension->level != Level::generation) continue;
      distinct += ", g." + sql_alias(*dimension);
      columns += ", d." + sql_alias(*dimension);
    }
    return fmt::format(
        "        select {}\n        from sessions as s\n        join (select distinct {} from "
        "generations as g) as d on d.in_session = {}\n    ",
        columns, distinct, layer_.table(Level::session).key);
  }

  std::string users() const {
    std::string columns = "u.*";
    for (const Dimension* dimension : query_.dimensions) {
      columns +=
          fmt::format(", {} as {}", semantic::dimension_sql(*dimension), sql_alias(*dimension));
    }
    return fmt::format("(select {} from {} as u where {}) as u", columns,
                       semantic::relation_sql(layer_.table(Level::user)),
                       user_condition(layer_, query_.scope, days_.to));
  }

  // Unites the sums of several sources, one row per group; null is a group like others.
  std::string together(const std::vector<std::string>& sources) const {
    std::vector<std::string> columns = keys();
    const std::string group = columns.empty() ? "" : "\n    group by " + join(columns, ", ");
    for (const std::string& name : total_names_) {
      columns.push_back(fmt::format("max({0}) as {0}", name));
    }
    std::vector<std::string> selects;
    for (const std::string& source : sources) selects.push_back("select * from " + source);
    return fmt::format("totals as (\n    select {}\n    from ({}){}\n)", join(columns, ", "),
                       join(selects, " union all by name "), group);
  }

  std::vector<std::string> keys() const {
    std::vector<std::string> keys;
    for (const Dimension* dimension : query_.dimensions) keys.push_back(sql_alias(*dimension));
    return keys;
  }

  std::string columns() const {
    std::vector<std::string> columns;
    for (const Dimension* dimension : query_.dimensions) {
      columns.push_back(fmt::format("{} as {}", sql_alias(*dimension), sql_name(dimension->name)));
    }
    for (const Measure* measure : query_.measures) {
      columns.push_back(fmt::format("{} as {}", semantic::measure_sql(layer_, *measure, total_name),
                                    sql_name(measure->name)));
    }
    return join(columns, ",\n    ");
  }

  static std::string total_name(const Base& base) { return "total_" + base.name; }

  const Layer& layer_;
  const MetricsQuery& query_;
  const DayRange& days_;
  std::vector<std::size_t> bases_;
  std::vector<std::string> total_names_;  // columns of the sources
  bool splits_generations_ = false;
};

// `periods` joins a table with the column p.period, or is empty.
std::string sessions_from(const Layer& layer, const std::string& periods, const std::string& where,
                          const std::vector<const Dimension*>& dimensions) {
  const semantic::Table &users = layer.table(Level::user), &sessions = layer.table(Level::session);
  std::string columns = periods.empty() ? "s.*" : "s.*, p.period";
  for (const Dimension* dimension : dimensions) {
    if (dimension->level == Level::generation) continue;
    columns +=
        fmt::format(", {} as {}", semantic::dimension_sql(*dimension), sql_alias(*dimension));
  }
  return fmt::format(
      "sessions as (\n    select {}\n    from {} as s\n    join {} as u on {} = {}{}\n"
      "    where {}\n)",
      columns, semantic::relation_sql(sessions), semantic::relation_sql(users), users.key,
      sessions.user, periods, where);
}

std::string generations_with(const Layer& layer, std::string columns, const Scope& scope,
                             const std::vector<const Dimension*>& dimensions) {
  for (const Dimension* dimension : dimensions) {
    columns +=
        dimension->level == Level::generation
            ? fmt::format(", {} as {}", semantic::dimension_sql(*dimension), sql_alias(*dimension))
            : fmt::format(", s.{}", sql_alias(*dimension));
  }
  const semantic::Table& generations = layer.table(Level::generation);
  return fmt::format(
      "generations as (\n    select {}\n    from {} as g\n    join sessions as s on {} = {}\n"
      "    where {}\n)",
      columns, semantic::relation_sql(generations), layer.table(Level::session).key,
      generations.parent, generation_condition(scope));
}

}  // namespace

std::string has_generation_sql(const Layer& layer) {
  return fmt::format("{} in (select {} from generations as g)", layer.table(Level::session).key,
                     layer.table(Level::generation).parent);
}

std::string session_condition(const Layer& layer, const Scope& scope, const DayRange& days) {
  std::string sql =
      fmt::format("{} between date '{}' and date '{}'", layer.table(Level::session).day,
                  day_text(days.from), day_text(days.to));
  const std::string more = conditions(scope, false);
  return more.empty() ? sql : sql + "\n    and " + more;
}

std::string generation_condition(const Scope& scope) {
  const std::string sql = conditions(scope, true);
  return sql.empty() ? "true" : sql;
}

std::string user_condition(const Layer& layer, const Scope& scope, Day to) {
  const std::string& signup = layer.table(Level::user).day;
  std::string sql = fmt::format("({0} < date '{1}' or {0} is null)", signup, day_text(to + 1));
  for (const Filter& filter : scope.filters) {
    if (filter.level() == Level::user) sql += "\n            and " + condition(filter);
  }
  return sql;
}

std::string sql_alias(const Dimension& dimension) { return fmt::format("by_{}", dimension.name); }

std::string sessions_sql(const Layer& layer, const Scope& scope, const DayRange& days,
                         const std::vector<const Dimension*>& dimensions) {
  return sessions_from(layer, "", session_condition(layer, scope, days), dimensions);
}

std::string generations_sql(const Layer& layer, const Scope& scope,
                            const std::vector<const Dimension*>& dimensions) {
  return generations_with(layer, "g.*", scope, dimensions);
}

std::string sessions_sql(const Layer& layer, const Scope& scope,
                         const std::vector<NamedDays>& periods,
                         const std::vector<const Dimension*>& dimensions) {
  std::vector<std::string> rows;
  for (const NamedDays& period : periods) {
    rows.push_back(fmt::format("('{}', date '{}', date '{}')", period.name,
                               day_text(period.days.from), day_text(period.days.to)));
  }
  const std::string join_periods = fmt::format(
      "\n    join (values {}) as p(period, first_day, last_day)\n        on "
      "{} between p.first_day and p.last_day",
      join(rows, ", "), layer.table(Level::session).day);
  const std::string where = conditions(scope, false);
  return sessions_from(layer, join_periods, where.empty() ? "true" : where, dimensions);
}

std::string generations_by_period_sql(const Layer& layer, const Scope& scope,
                                      const std::vector<const Dimension*>& dimensions) {
  return generations_with(layer, "g.*, s.period", scope, dimensions);
}

std::string sql_of(const Layer& layer, const MetricsQuery& query, const DayRange& days) {
  Writer writer(layer, query, days);
  return writer.rows() + writer.order();
}

std::string rows_sql_of(const Layer& layer, const MetricsQuery& query, const DayRange& days) {
  return Writer(layer, query, days).rows();
}

}  // namespace gsa::api
