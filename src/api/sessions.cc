#include "api/sessions.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "api/api_error.h"
#include "api/query_sql.h"
#include "api/session_columns.h"
#include "base/csv.h"
#include "base/text.h"

namespace gsa::api {
namespace {

// The end of a page: the session's id and its value in the sorted column, "17:24.98".
struct Cursor {
  std::int64_t id;
  std::string value;
};

Cursor read_cursor(const std::string& text) {
  const std::size_t colon = text.find(':');
  constexpr std::size_t kLongest = 256;
  const std::string digits = text.substr(0, colon);
  if (colon == std::string::npos || text.size() > kLongest || digits.empty() ||
      digits.size() > 18 || digits.find_first_not_of("0123456789") != std::string::npos) {
    throw bad_request("after is not the next of a page", "ask for the first page again");
  }
  return {std::stoll(digits), text.substr(colon + 1)};
}

std::string condition_of(const Layer& layer, const Scope& scope, const DayRange& days) {
  std::string where = session_condition(layer, scope, days);
  if (scope.has_generation_filters()) {
    where += fmt::format(" and {} in (select {} from {} as g where {})",
                         layer.table(Level::session).key, layer.table(Level::generation).parent,
                         semantic::relation_sql(layer.table(Level::generation)),
                         generation_condition(scope));
  }
  return where;
}

// For what reads attributes of users: "join dim_users as u on …".
std::string join_users(const Layer& layer, bool is_needed) {
  if (!is_needed) return "";
  const semantic::Table& users = layer.table(Level::user);
  return fmt::format("join {} as u on {} = {}", semantic::relation_sql(users), users.key,
                     layer.table(Level::session).user);
}

bool reads_users(const Scope& scope, const SessionSort& sort) {
  return sort.reads_users ||
         std::any_of(scope.filters.begin(), scope.filters.end(),
                     [](const Filter& filter) { return filter.level() == Level::user; });
}

Scope scope_in(const Layer& layer, const SessionPageRequest& request) {
  return scope_of(layer, request.filters, request.from, request.to);
}

// Spreadsheets read a text with such a first character as a formula; a leading ' keeps it a text.
bool is_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

void write_row(JsonWriter& json, const duck::Result& rows, std::size_t r) {
  json.begin_object();
  for (std::size_t c = 0; c < kSessionColumns.size(); ++c) {
    json.key(kSessionColumns[c].name);
    if (rows.is_null(r, c)) {
      json.null();
    } else if (kSessionColumns[c].kind == SessionColumn::Kind::number) {
      json.raw(rows.text(r, c));
    } else if (kSessionColumns[c].kind == SessionColumn::Kind::time) {
      json.value(iso_time(rows.text(r, c)));
    } else {
      json.value(rows.text(r, c));
    }
  }
  json.end_object();
}

void write_values(JsonWriter& json, const std::vector<ListColumn>& list, const duck::Result& rows,
                  std::size_t r) {
  json.begin_array();
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::size_t c = kSessionColumns.size() + 1 + i;
    if (rows.is_null(r, c)) {
      json.null();
    } else if (list[i].range != nullptr) {
      json.value(rows.float64(r, c));
    } else if (list[i].type == DimensionType::category) {
      json.value(rows.text(r, c));
    } else {
      json.raw(rows.text(r, c));
    }
  }
  json.end_array();
}

std::string page_sql(const Layer& layer, const SessionPageRequest& request, const Scope& scope,
                     const std::vector<ListColumn>& list, const SessionSort& sort,
                     const std::optional<Cursor>& after, const DayRange& days) {
  std::string where = condition_of(layer, scope, days);
  if (after) {
    where += fmt::format(
        " and ({0} {1} {2}::{3} or ({0} = {2}::{3} and (coalesce(s.total_cost, -1) < {5} or "
        "(coalesce(s.total_cost, -1) = {5} and s.session_id > {4}))))",
        sort.sql, sort.descending ? "<" : ">", sql_quote(after->value), sort.type, after->id,
        fmt::format("(select coalesce(total_cost, -1) from fct_sessions where session_id = {})",
                    after->id));
  }
  std::string columns = session_columns_sql() + ", page.place::varchar";
  bool list_reads_users = false;
  for (const ListColumn& column : list) {
    columns +=
        fmt::format(", ({})::{}", column.expr, column.range != nullptr ? "double" : "varchar");
    list_reads_users = list_reads_users || column.level == Level::user;
  }
  // Selects rows by the narrow columns first, then reads only the page's rows completely.
  return fmt::format(
      "with page as (select s.session_id, {0} as place from fct_sessions as s {1} where {2} "
      "order by place {3}, coalesce(s.total_cost, -1) desc, s.session_id limit {4} offset {5}) "
      "select {6} from fct_sessions as s join page using (session_id) {7} "
      "order by page.place {3}, coalesce(s.total_cost, -1) desc, s.session_id",
      sort.sql, join_users(layer, reads_users(scope, sort)), where, sort.descending ? "desc" : "",
      request.limit + 1, request.offset, columns, join_users(layer, list_reads_users));
}

}  // namespace

std::string session_page(const Snapshot& snapshot, duck::Connection& connection,
                         const SessionPageRequest& request) {
  const Layer& layer = *snapshot.facts().layer;
  const std::vector<ListColumn> list = list_columns(layer);
  const SessionSort sort = read_session_sort(list, request.sort);
  if (request.limit < 1 || request.limit > kMaxPage) {
    throw bad_request(fmt::format("limit must be from 1 to {}", kMaxPage));
  }
  if (request.offset < 0 || request.offset > kMaxOffset) {
    throw bad_request(fmt::format("offset must be from 0 to {}", kMaxOffset));
  }
  std::optional<Cursor> after;
  if (!request.after.empty()) {
    after = read_cursor(request.after);
    if (request.offset > 0) throw bad_request("a page is asked for by after or offset, not both");
  }
  const auto limit = static_cast<std::size_t>(request.limit);
  JsonWriter json;
  json.begin_object();
  json.field("publication", snapshot.facts().publication);
  const Scope scope = scope_in(layer, request);
  const auto days = snapshot.days_of(scope);
  json.field("total", days ? snapshot.selection(scope, *days)->sessions.count() : 0);
  json.field("offset", after ? std::nullopt : std::optional(request.offset));
  json.field("sort", sort.name);
  json.list("columns", list, [](const ListColumn& column) { return column.name; });
  std::optional<duck::Result> rows;
  if (days) rows = connection.query(page_sql(layer, request, scope, list, sort, after, *days));
  const std::size_t shown = rows ? std::min(rows->rows(), limit) : 0;
  json.key("rows");
  json.begin_array();
  for (std::size_t r = 0; r < shown; ++r) write_row(json, rows.value(), r);
  json.end_array();
  json.key("values");
  json.begin_array();
  for (std::size_t r = 0; r < shown; ++r) write_values(json, list, rows.value(), r);
  json.end_array();
  std::string next;
  if (rows && rows->rows() > limit) {
    next = fmt::format("{}:{}", rows->text(shown - 1, 0),
                       rows->text(shown - 1, kSessionColumns.size()));
  }
  json.text_or_null("next", next);
  json.end_object();
  return json.take();
}

std::string sessions_select(const Snapshot& snapshot, const SessionPageRequest& request) {
  const Layer& layer = *snapshot.facts().layer;
  const SessionSort sort = read_session_sort(list_columns(layer), request.sort);
  const Scope scope = scope_in(layer, request);
  const auto days = snapshot.days_of(scope);
  return fmt::format(
      "select {} from fct_sessions as s {} where {} order by {} {}, coalesce(s.total_cost, -1) "
      "desc, "
      "s.session_id",
      session_columns_sql(), join_users(layer, reads_users(scope, sort)),
      days ? condition_of(layer, scope, *days) : "false", sort.sql, sort.descending ? "desc" : "");
}

void write_sessions_csv(duck::Connection& connection, const std::string& select,
                        const WriteBytes& write) {
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  std::vector<std::string> names;
  for (const SessionColumn& column : kSessionColumns) names.emplace_back(column.name);
  std::string piece = join(names, ",") + "\r\n";
  bool wanted = true;
  connection.stream_text(select, [&](const duck::Connection::TextRow& row) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c > 0) piece += ',';
      if (!row[c]) continue;
      if (kSessionColumns[c].kind == SessionColumn::Kind::text && is_formula(*row[c])) {
        append_csv(piece, fmt::format("'{}", *row[c]));
      } else {
        append_csv(piece, *row[c]);
      }
    }
    piece += "\r\n";
    if (piece.size() < kPiece) return true;
    wanted = write(piece);
    piece.clear();
    return wanted;
  });
  if (wanted && !piece.empty()) write(piece);
}

std::string session_row(duck::Connection& connection, std::int64_t id) {
  const duck::Result rows = connection.query(fmt::format(
      "select {} from fct_sessions as s where s.session_id = {}", session_columns_sql(), id));
  if (rows.rows() == 0) {
    throw not_found(fmt::format("there is no session {}", id),
                    "a session has the number of the generation that began it");
  }
  JsonWriter json;
  write_row(json, rows, 0);
  return json.take();
}

}  // namespace gsa::api
