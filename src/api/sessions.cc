#include "api/sessions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "api/api_error.h"
#include "api/query_sql.h"
#include "base/csv.h"
#include "base/text.h"

namespace gsa::api {
namespace {

enum class Kind { number, text, time };

struct Column {
  const char* name;
  Kind kind;
};

// As in fct_sessions, in the order of SessionRow.
constexpr std::array<Column, 24> kColumns = {{{"session_id", Kind::number},
                                              {"user_id", Kind::number},
                                              {"user_tier", Kind::text},
                                              {"region", Kind::text},
                                              {"device_type", Kind::text},
                                              {"session_start", Kind::time},
                                              {"session_duration_min", Kind::number},
                                              {"total_generations", Kind::number},
                                              {"successful_generations", Kind::number},
                                              {"success_rate_pct", Kind::number},
                                              {"friction_score", Kind::number},
                                              {"friction_error_points", Kind::number},
                                              {"friction_latency_points", Kind::number},
                                              {"friction_retry_points", Kind::number},
                                              {"friction_category", Kind::text},
                                              {"total_cost_credits", Kind::number},
                                              {"avg_latency_ms", Kind::number},
                                              {"p95_latency_ms", Kind::number},
                                              {"max_latency_ms", Kind::number},
                                              {"total_retries", Kind::number},
                                              {"total_images", Kind::number},
                                              {"download_count", Kind::number},
                                              {"thumbs_up_count", Kind::number},
                                              {"thumbs_down_count", Kind::number}}};

std::string column_list() {
  std::vector<std::string> columns;
  for (const Column& column : kColumns) {
    columns.push_back(fmt::format("s.{}::varchar", column.name));
  }
  return join(columns, ", ");
}

struct Sort {
  const Column* column = nullptr;
  std::string name;
  bool descending = false;

  // Never null, so that a page can continue after any row.
  std::string sql() const {
    return column->kind == Kind::text ? fmt::format("coalesce(s.{}::varchar, '')", column->name)
                                      : fmt::format("s.{}", column->name);
  }
  const char* type() const {
    return column->kind == Kind::text   ? "varchar"
           : column->kind == Kind::time ? "timestamp"
                                        : "decimal(38, 4)";
  }
};

Sort read_sort(const std::string& text) {
  Sort sort;
  sort.name = text;
  sort.descending = text.starts_with('-');
  const std::string name = text.substr(sort.descending ? 1 : 0);
  std::vector<std::string> names;
  for (const Column& column : kColumns) {
    if (name == column.name) sort.column = &column;
    names.emplace_back(column.name);
  }
  if (sort.column == nullptr) {
    throw bad_request(fmt::format("sessions cannot be sorted by '{}'", name),
                      did_you_mean(name, names));
  }
  return sort;
}

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

// For filters on users: "join dim_users as u on …".
std::string join_users(const Layer& layer, const Scope& scope) {
  const bool is_needed =
      std::any_of(scope.filters.begin(), scope.filters.end(),
                  [](const Filter& filter) { return filter.level() == Level::user; });
  if (!is_needed) return "";
  const semantic::Table& users = layer.table(Level::user);
  return fmt::format("join {} as u on {} = {}", semantic::relation_sql(users), users.key,
                     layer.table(Level::session).user);
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
  for (std::size_t c = 0; c < kColumns.size(); ++c) {
    json.key(kColumns[c].name);
    if (rows.is_null(r, c)) {
      json.null();
    } else if (kColumns[c].kind == Kind::number) {
      json.raw(rows.text(r, c));
    } else if (kColumns[c].kind == Kind::time) {
      json.value(iso_time(rows.text(r, c)));
    } else {
      json.value(rows.text(r, c));
    }
  }
  json.end_object();
}

std::string page_sql(const Layer& layer, const SessionPageRequest& request, const Scope& scope,
                     const Sort& sort, const std::optional<Cursor>& after, const DayRange& days) {
  std::string where = condition_of(layer, scope, days);
  if (after) {
    where += fmt::format(
        " and ({0} {1} {2}::{3} or ({0} = {2}::{3} and (s.total_cost_credits < {5} or "
        "(s.total_cost_credits = {5} and s.session_id > {4}))))",
        sort.sql(), sort.descending ? "<" : ">", sql_quote(after->value), sort.type(), after->id,
        fmt::format("(select total_cost_credits from fct_sessions where session_id = {})",
                    after->id));
  }
  // Selects rows by the narrow columns first, then reads only the page's rows completely.
  return fmt::format(
      "with page as (select s.session_id, {0} as place from fct_sessions as s {1} where {2} "
      "order by place {3}, s.total_cost_credits desc, s.session_id limit {4} offset {5}) "
      "select {6}, page.place::varchar from fct_sessions as s join page using (session_id) "
      "order by page.place {3}, s.total_cost_credits desc, s.session_id",
      sort.sql(), join_users(layer, scope), where, sort.descending ? "desc" : "", request.limit + 1,
      request.offset, column_list());
}

}  // namespace

std::string session_page(const Snapshot& snapshot, duck::Connection& connection,
                         const SessionPageRequest& request) {
  const Sort sort = read_sort(request.sort);
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
  const Layer& layer = *snapshot.facts().layer;
  const Scope scope = scope_in(layer, request);
  const auto days = snapshot.days_of(scope);
  json.field("total", days ? snapshot.selection(scope, *days)->sessions.count() : 0);
  json.field("offset", after ? std::nullopt : std::optional(request.offset));
  json.field("sort", sort.name);
  json.key("rows");
  json.begin_array();
  std::string next;
  if (days) {
    const duck::Result rows = connection.query(page_sql(layer, request, scope, sort, after, *days));
    const std::size_t shown = std::min(rows.rows(), limit);
    for (std::size_t r = 0; r < shown; ++r) write_row(json, rows, r);
    if (rows.rows() > limit) {
      next = fmt::format("{}:{}", rows.text(shown - 1, 0), rows.text(shown - 1, kColumns.size()));
    }
  }
  json.end_array();
  json.text_or_null("next", next);
  json.end_object();
  return json.take();
}

std::string sessions_select(const Snapshot& snapshot, const SessionPageRequest& request) {
  const Sort sort = read_sort(request.sort);
  const Layer& layer = *snapshot.facts().layer;
  const Scope scope = scope_in(layer, request);
  const auto days = snapshot.days_of(scope);
  return fmt::format(
      "select {} from fct_sessions as s {} where {} order by {} {}, s.total_cost_credits desc, "
      "s.session_id",
      column_list(), join_users(layer, scope), days ? condition_of(layer, scope, *days) : "false",
      sort.sql(), sort.descending ? "desc" : "");
}

void write_sessions_csv(duck::Connection& connection, const std::string& select,
                        const WriteBytes& write) {
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  std::vector<std::string> names;
  for (const Column& column : kColumns) names.emplace_back(column.name);
  std::string piece = join(names, ",") + "\r\n";
  bool wanted = true;
  connection.stream_text(select, [&](const duck::Connection::TextRow& row) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c > 0) piece += ',';
      if (!row[c]) continue;
      if (kColumns[c].kind == Kind::text && is_formula(*row[c])) {
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
  const duck::Result rows = connection.query(
      fmt::format("select {} from fct_sessions as s where s.session_id = {}", column_list(), id));
  if (rows.rows() == 0) {
    throw not_found(fmt::format("there is no session {}", id),
                    "a session has the number of the generation that began it");
  }
  JsonWriter json;
  write_row(json, rows, 0);
  return json.take();
}

}  // namespace gsa::api
