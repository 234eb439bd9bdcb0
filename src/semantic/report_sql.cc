#include "semantic/report_sql.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "semantic/layer_sql.h"

namespace gsa::semantic {
namespace {

// The rows of a level with what they are split by, which is `value`.
struct SplitRows {
  std::string from, value;
};

SplitRows split_rows(const Layer& layer, Level level, const ReportBy& by) {
  const auto named = [&](Level of) {
    return fmt::format("{} as {}", relation_sql(layer.table(of)), alias_of(of));
  };
  const Table &table = layer.table(level), &sessions = layer.table(Level::session);
  const Level of = by.dimension->level;
  if (of == level) return {named(level), by.sql};
  if (of == Level::user) {
    return {fmt::format("{} join {} on {} = {}", named(level), named(of), layer.table(of).key,
                        table.user),
            by.sql};
  }
  if (of == Level::session) {
    return {
        fmt::format("{} join {} on {} = {}", named(level), named(of), sessions.key, table.parent),
        by.sql};
  }
  const std::string& parent = layer.table(of).parent;
  return {fmt::format("{} join (select distinct {} as in_session, {} as value from {} where {} is "
                      "not null) as d on d.in_session = {}",
                      named(level), parent, by.sql, named(of), parent, sessions.key),
          "d.value"};
}

std::string totals_of_level(const Layer& layer, const std::vector<std::size_t>& bases, Level level,
                            const ReportBy* by) {
  std::vector<std::string> columns;
  for (const std::size_t index : bases) {
    const Base& base = layer.bases[index];
    if (base.level != level) continue;
    columns.push_back(fmt::format("{} as {}", aggregate_sql(base), total_name(base)));
  }
  if (columns.empty()) return "";
  const Table& table = layer.table(level);
  SplitRows rows{fmt::format("{} as {}", relation_sql(table), alias_of(level)), ""};
  if (by != nullptr) {
    check(level != Level::user || by->dimension->level == level, "users are split by their own");
    rows = split_rows(layer, level, *by);
    columns.insert(columns.begin(), fmt::format("{} as by_value", rows.value));
  }
  std::string sql = fmt::format("select {} from {}", join(columns, ", "), rows.from);
  if (level == Level::generation) sql += fmt::format(" where {} is not null", table.parent);
  return by != nullptr ? sql + " group by all" : sql;
}

}  // namespace

std::string total_name(const Base& base) { return "total_" + base.name; }

std::string totals_sql(const Layer& layer, const std::vector<std::size_t>& bases,
                       const ReportBy* by) {
  std::vector<std::string> selects, columns;
  for (const Level level : {Level::user, Level::session, Level::generation}) {
    const std::string sql = totals_of_level(layer, bases, level, by);
    if (!sql.empty()) selects.push_back(sql);
  }
  for (const std::size_t base : bases) {
    columns.push_back(fmt::format("max({0}) as {0}", total_name(layer.bases[base])));
  }
  return fmt::format("select {}{} from ({}){}", by != nullptr ? "by_value, " : "",
                     join(columns, ", "), join(selects, " union all by name "),
                     by != nullptr ? " group by by_value" : "");
}

}  // namespace gsa::semantic
