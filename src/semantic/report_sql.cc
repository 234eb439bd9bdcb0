#include "semantic/report_sql.h"

#include <fmt/format.h>

#include "base/text.h"
#include "semantic/layer_sql.h"

namespace gsa::semantic {
namespace {

std::string totals_of_level(const Layer& layer, const std::vector<std::size_t>& bases, Level level,
                            const Dimension* by) {
  std::vector<std::string> columns;
  if (by != nullptr) columns.push_back(fmt::format("{} as by_value", by->expr));
  for (const std::size_t index : bases) {
    const Base& base = layer.bases[index];
    if (base.level != level) continue;
    columns.push_back(fmt::format("{} as {}", aggregate_sql(base), total_name(base)));
  }
  if (columns.size() == (by != nullptr ? 1 : 0)) return "";
  const Table &table = layer.table(level), &users = layer.table(Level::user);
  std::string sql = fmt::format("select {} from {} as {}", join(columns, ", "), relation_sql(table),
                                alias_of(level));
  if (by != nullptr && level != Level::user) {
    sql += fmt::format(" join {} as u on {} = {}", relation_sql(users), users.key, table.user);
  }
  if (level == Level::generation) sql += fmt::format(" where {} is not null", table.parent);
  return by != nullptr ? sql + " group by all" : sql;
}

}  // namespace

std::string total_name(const Base& base) { return "total_" + base.name; }

std::string totals_sql(const Layer& layer, const std::vector<std::size_t>& bases,
                       const Dimension* by) {
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
