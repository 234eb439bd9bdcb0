#pragma once

// The columns of sessions in the API: those of fct_sessions that every answer has, those of the
// saved query 'session_list', and sorting by both.

#include <array>
#include <string>
#include <vector>

#include "api/layer_names.h"

namespace gsa::api {

struct SessionColumn {
  enum class Kind { number, text, time };
  const char* name;
  Kind kind;
};

// As in fct_sessions, in the order of SessionRow.
inline constexpr std::array<SessionColumn, 26> kSessionColumns = {
    {{"session_id", SessionColumn::Kind::number},
     {"user_id", SessionColumn::Kind::number},
     {"user_tier", SessionColumn::Kind::text},
     {"region", SessionColumn::Kind::text},
     {"device_type", SessionColumn::Kind::text},
     {"session_start", SessionColumn::Kind::time},
     {"session_duration_min", SessionColumn::Kind::number},
     {"total_generations", SessionColumn::Kind::number},
     {"successful_generations", SessionColumn::Kind::number},
     {"success_rate_pct", SessionColumn::Kind::number},
     {"friction_score", SessionColumn::Kind::number},
     {"friction_error_points", SessionColumn::Kind::number},
     {"friction_latency_points", SessionColumn::Kind::number},
     {"friction_retry_points", SessionColumn::Kind::number},
     {"friction_basis", SessionColumn::Kind::text},
     {"friction_category", SessionColumn::Kind::text},
     {"total_cost", SessionColumn::Kind::number},
     {"currency", SessionColumn::Kind::text},
     {"avg_latency_ms", SessionColumn::Kind::number},
     {"p95_latency_ms", SessionColumn::Kind::number},
     {"max_latency_ms", SessionColumn::Kind::number},
     {"total_retries", SessionColumn::Kind::number},
     {"total_images", SessionColumn::Kind::number},
     {"download_count", SessionColumn::Kind::number},
     {"thumbs_up_count", SessionColumn::Kind::number},
     {"thumbs_down_count", SessionColumn::Kind::number}}};
std::string session_columns_sql();  // of fct_sessions as s, each as text

// A column of the saved query 'session_list': a dimension or a range.
struct ListColumn {
  std::string name, expr;
  Level level = Level::session;
  const Range* range = nullptr;  // null: a dimension
  DimensionType type = DimensionType::category;
};
// Empty if the project has no such query. Throws ApiError for what a session has several of.
std::vector<ListColumn> list_columns(const Layer& layer);

struct SessionSort {
  std::string name;
  bool descending = false;
  std::string sql;   // never null, so that a page can continue after any row
  std::string type;  // in which a cursor compares
  bool reads_users = false;
};
// By a column of either kind; "-" before it: descending. Throws ApiError for others.
SessionSort read_session_sort(const std::vector<ListColumn>& list, const std::string& text);

}  // namespace gsa::api
