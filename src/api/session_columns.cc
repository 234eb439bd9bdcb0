#include "api/session_columns.h"

#include <fmt/format.h>

#include "api/api_error.h"
#include "base/text.h"

namespace gsa::api {
namespace {

// Unknown values come before all others.
void sort_by(const SessionColumn& column, SessionSort& sort) {
  sort.sql = column.kind == SessionColumn::Kind::text
                 ? fmt::format("coalesce(s.{}::varchar, '')", column.name)
             : column.kind == SessionColumn::Kind::number
                 ? fmt::format("coalesce(s.{}, -1)", column.name)
                 : fmt::format("s.{}", column.name);
  sort.type = column.kind == SessionColumn::Kind::text   ? "varchar"
              : column.kind == SessionColumn::Kind::time ? "timestamp"
                                                         : "decimal(38, 8)";
}

void sort_by(const ListColumn& column, SessionSort& sort) {
  sort.reads_users = column.level == Level::user;
  if (column.range == nullptr) {
    sort.sql = fmt::format("coalesce(({})::varchar, '')", column.expr);
    sort.type = "varchar";
  } else if (column.range->is_float) {
    sort.sql = fmt::format("coalesce(({})::double, '-infinity'::double)", column.expr);
    sort.type = "double";
  } else {
    sort.sql = fmt::format("coalesce({}, -1000000000)", column.expr);
    sort.type = fmt::format("decimal(38, {})", column.range->decimals);
  }
}

}  // namespace

std::string session_columns_sql() {
  std::vector<std::string> columns;
  for (const SessionColumn& column : kSessionColumns) {
    columns.push_back(fmt::format("s.{}::varchar", column.name));
  }
  return join(columns, ", ");
}

std::vector<ListColumn> list_columns(const Layer& layer) {
  std::vector<ListColumn> list;
  const Chart* chart = layer.find_chart("session_list");
  if (chart == nullptr) return list;
  for (const std::string& name : chart->dimensions) {
    const Dimension* dimension = layer.find_dimension(name);
    const Range* range = dimension == nullptr ? layer.find_range(name) : nullptr;
    const Level level = dimension != nullptr ? dimension->level : range->level;
    const bool fits = level != Level::generation &&
                      (dimension == nullptr || dimension->kind == DimensionKind::coded);
    if (!fits) {
      throw bad_request(
          fmt::format("the saved query 'session_list' has '{}', of which a session "
                      "has no single value",
                      name));
    }
    if (dimension != nullptr) {
      list.push_back({name, dimension->expr, level, nullptr, dimension->type});
    } else {
      list.push_back({name, range->expr, level, range});
    }
  }
  return list;
}

SessionSort read_session_sort(const std::vector<ListColumn>& list, const std::string& text) {
  SessionSort sort;
  sort.name = text;
  sort.descending = text.starts_with('-');
  const std::string name = text.substr(sort.descending ? 1 : 0);
  std::vector<std::string> names;
  for (const ListColumn& column : list) {
    if (name == column.name) sort_by(column, sort);
    names.push_back(column.name);
  }
  for (const SessionColumn& column : kSessionColumns) {
    if (sort.sql.empty() && name == column.name) sort_by(column, sort);
    names.emplace_back(column.name);
  }
  if (sort.sql.empty()) {
    throw bad_request(fmt::format("sessions cannot be sorted by '{}'", name),
                      did_you_mean(name, names));
  }
  return sort;
}

}  // namespace gsa::api
