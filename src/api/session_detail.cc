#include "api/session_detail.h"

#include <array>

#include <fmt/format.h>

#include "api/day.h"
#include "api/fact_store.h"
#include "api/sessions.h"

namespace gsa::api {
namespace {

constexpr std::array<const char*, 9> kOrigins = {"user",  "time",     "status",   "latency", "cost",
                                                 "retry", "feedback", "download", "model"};

// The JSON type of a column, from DuckDB's text.
enum class DetailKind { number, text, time, boolean, object };

struct DetailColumn {
  const char* name;
  const char* sql;
  DetailKind kind;
};

constexpr std::array<DetailColumn, 22> kGeneration = {{
    {"generation_id", "g.generation_id", DetailKind::number},
    {"generated_at", "g.generated_at", DetailKind::time},
    {"seconds_since_start",
     "(epoch_us(g.generated_at) - min(epoch_us(g.generated_at)) over ()) / 1000000.0",
     DetailKind::number},
    {"gap_seconds",
     "(epoch_us(g.generated_at) - lag(epoch_us(g.generated_at)) over (order by g.generated_at, "
     "g.generation_id)) / 1000000.0",
     DetailKind::number},
    {"prompt_id", "g.prompt_id", DetailKind::number},
    {"prompt", "p.prompt_text", DetailKind::text},
    {"negative_prompt", "p.negative_prompt", DetailKind::text},
    {"token_count", "g.token_count", DetailKind::number},
    {"complexity", "g.complexity", DetailKind::text},
    {"model_version", "g.model_version", DetailKind::text},
    {"status", "g.status", DetailKind::text},
    {"status_word", "g.status_word", DetailKind::text},
    {"latency_ms", "g.latency_ms", DetailKind::number},
    {"cost", "g.cost", DetailKind::number},
    {"currency", "g.currency", DetailKind::text},
    {"retry_count", "g.retry_count", DetailKind::number},
    {"image_count", "g.image_count", DetailKind::number},
    {"blurred_images", "g.blurred_images", DetailKind::number},
    {"feedback", "g.feedback", DetailKind::text},
    {"feedback_known", "g.feedback_origin <> 'unknown'", DetailKind::boolean},
    {"downloaded", "g.downloaded", DetailKind::boolean},
    {"attributes", "case when g.attributes is not null then to_json(g.attributes) end",
     DetailKind::object},
}};

// A project of one's own may leave them out.
bool has_attributes(duck::Connection& connection) {
  return connection.query_int64(
             "select count(*) from duckdb_columns() where database_name = current_database() and "
             "schema_name = 'main' and table_name = 'fct_generations' and column_name = "
             "'attributes'") > 0;
}

void write_generations(JsonWriter& json, duck::Connection& connection, std::int64_t id) {
  std::string columns;
  for (const DetailColumn& column : kGeneration) {
    columns += fmt::format("{}({})::varchar", columns.empty() ? "" : ", ", column.sql);
  }
  const duck::Result rows = connection.query(fmt::format(
      "with own as (select *{2} from fct_generations where session_id = {0}) select {1} from own "
      "as g "
      "left join (select prompt_id, prompt_text, negative_prompt from dim_prompts where prompt_id "
      "in "
      "(select prompt_id from own)) as p on p.prompt_id = g.prompt_id "
      "order by g.generated_at, g.generation_id",
      id, columns, has_attributes(connection) ? "" : ", null as attributes"));
  json.key("generations");
  json.begin_array();
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    json.begin_object();
    for (std::size_t c = 0; c < kGeneration.size(); ++c) {
      json.key(kGeneration[c].name);
      if (rows.is_null(r, c)) {
        json.null();
      } else if (kGeneration[c].kind == DetailKind::text) {
        json.value(rows.text(r, c));
      } else if (kGeneration[c].kind == DetailKind::time) {
        json.value(iso_time(rows.text(r, c)));
      } else {
        json.raw(rows.text(r, c));
      }
    }
    json.end_object();
  }
  json.end_array();
}

void write_origins(JsonWriter& json, duck::Connection& connection, std::int64_t id) {
  std::string columns;
  for (const char* origin : kOrigins) {
    columns += fmt::format(
        "{}case when count(distinct {}_origin) > 1 then 'mixed' else "
        "min({}_origin::varchar) end",
        columns.empty() ? "" : ", ", origin, origin);
  }
  const duck::Result row = connection.query(
      fmt::format("select {} from fct_generations where session_id = {}", columns, id));
  json.key("origins");
  json.begin_object();
  for (std::size_t c = 0; c < kOrigins.size(); ++c) {
    if (!row.is_null(0, c)) json.field(kOrigins[c], row.text(0, c));
  }
  json.end_object();
}

void write_number(JsonWriter& json, std::string_view name, const duck::Result& row,
                  std::size_t column) {
  json.key(name);
  if (row.is_null(0, column)) {
    json.null();
  } else {
    json.value(row.int64(0, column));
  }
}

// The user, and the user's previous and next session.
void write_user(JsonWriter& json, duck::Connection& connection, std::int64_t id) {
  const duck::Result row = connection.query(fmt::format(
      "with this as (select user_id, session_start from fct_sessions where session_id = {}) "
      "select u.cohort_week, u.signup_at::varchar, "
      "(select arg_max(session_id, session_start) from fct_sessions where user_id = "
      "(select user_id from this) and session_start < (select session_start from this))::bigint, "
      "(select arg_min(session_id, session_start) from fct_sessions where user_id = "
      "(select user_id from this) and session_start > (select session_start from this))::bigint "
      "from this left join dim_users as u on u.user_id = this.user_id",
      id));
  json.text_or_null("cohort_week", row.text(0, 0));
  json.text_or_null("signup_at", row.is_null(0, 1) ? "" : iso_time(row.text(0, 1)));
  write_number(json, "previous_session", row, 2);
  write_number(json, "next_session", row, 3);
}

ScoredSession read_score(duck::Connection& connection, std::int64_t id) {
  const duck::Result row = connection.query(fmt::format(
      "select known_status_count, coalesce(successful_generations, 0), known_latency_count, "
      "coalesce(total_latency_ms, 0), known_retry_count, coalesce(total_retries, 0), "
      "friction_score, friction_error_points, friction_latency_points, friction_retry_points, "
      "friction_category::varchar from fct_sessions where session_id = {}",
      id));
  const auto points = [&](std::size_t column) {
    return row.is_null(0, column) ? std::nullopt : std::optional(row.float64(0, column));
  };
  return {{row.int64(0, 0), row.int64(0, 1)},
          {row.int64(0, 2), row.int64(0, 3)},
          {row.int64(0, 4), row.int64(0, 5)},
          points(6),
          points(7),
          points(8),
          points(9),
          row.is_null(0, 10) ? "" : row.text(0, 10)};
}

}  // namespace

std::string session_detail(duck::Connection& connection, const FrictionRule& rule,
                           std::int64_t id) {
  const duck::Transaction transaction(connection, duck::Transaction::Kind::read_only);
  JsonWriter json;
  json.begin_object();
  json.field("publication", publication_of(connection));
  json.key("session");
  json.raw(session_row(connection, id));
  write_user(json, connection, id);
  write_generations(json, connection, id);
  json.key("score");
  write_explanation(json, rule, read_score(connection, id));
  write_origins(json, connection, id);
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
