#pragma once

// What can be asked: measures, the dimensions to split and filter them by, and ranges. Each is
// defined once, here: what it is called, how it is computed, and in which SQL it is shown.
//
// A measure is a sum, or a ratio of two sums, or a quantile. So the numbers of segments add up to
// those of the whole, and no mean of ratios can arise.
//
// A dimension is an attribute of users, sessions or generations. A filter on one of generations
// chooses generations; the sessions are then those that have at least one of them (openapi.yaml
// says it in full). A group is what a filter on its value chooses.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gsa::api {

enum class Level { user, session, generation };

// What a scan adds up. Whole numbers, in the unit that `kScale` gives.
enum class Sum : std::uint8_t {
  sessions,
  friction,
  error_points,
  latency_points,
  retry_points,
  low,
  medium,
  high,
  single,
  duration,
  active_users,
  users,
  generations,
  successes,
  failures,
  timeouts,
  safety_violations,
  rate_limited,
  model_errors,
  retries,
  images,
  latency,
  cost,
  wasted_cost,
  downloads,
  feedback,
  thumbs_up,
  thumbs_down,
};
inline constexpr std::size_t kSums = 28;

struct SumInfo {
  std::string_view name;  // of the column in SQL that is shown
  Level level;            // of the rows that are added up
  double scale;           // sum × scale is in the measure's unit
  std::string_view sql;   // on fct_sessions as s, or on fct_generations as g
};
const SumInfo& info(Sum sum);

// Wasted cost divides by attempts, so it is added up in parts of a ten-thousandth credit: rounding
// each row to the ten-thousandth moves a total by a ten-thousandth of itself.
inline constexpr std::int64_t kWastedParts = 10'000;

enum class IntervalKind { none, wilson, clustered };

struct Measure {
  std::string_view name, label, unit, format, better, description;
  Sum part;
  std::optional<Sum> whole;  // of a ratio
  double quantile = 0;       // of latency, if not 0
  IntervalKind interval = IntervalKind::none;
  bool is_average = false;  // splits into segments, see split.h

  Level level() const;
  std::string_view kind() const;  // "additive", "distinct", "ratio", "quantile"
};

enum class Dim : std::uint8_t {
  tier,
  region,
  device,
  cohort_week,
  traits_origin,
  user,
  friction_category,
  session_length,
  day,
  week,
  month,
  hour,
  hour_of_day,
  weekday,
  model,
  complexity,
  status,
  feedback,
  downloaded,
  user_origin,
  time_origin,
  status_origin,
  latency_origin,
  cost_origin,
  retry_origin,
  feedback_origin,
  download_origin,
  model_origin,
};
inline constexpr std::size_t kDims = 28;

enum class DimType { category, time, number, boolean };

struct Dimension {
  Dim dim;
  std::string_view name, label, description;
  Level level;
  DimType type;
  std::string_view sql;  // on dim_users as u, fct_sessions as s, fct_generations as g
};

enum class RangeId : std::uint8_t {
  friction,
  duration_min,
  generations,
  cost,
  retries,
  avg_latency_ms,
  success_rate,
  latency_ms,
  token_count,
};

struct Range {
  RangeId id;
  std::string_view name, label, unit, description;
  Level level;
  std::string_view sql;
  std::vector<double> edges;       // lower ones, ascending; the last bin is open
  std::vector<double> fine_edges;  // of a brush: those, and more between
};

const std::vector<Measure>& measures();
const std::vector<Dimension>& dimensions();  // in the order of Dim
const std::vector<Range>& ranges();          // in the order of RangeId

inline const Dimension& info(Dim dim) { return dimensions()[static_cast<std::size_t>(dim)]; }
inline const Range& info(RangeId id) { return ranges()[static_cast<std::size_t>(id)]; }

// Throw ApiError with the nearest name as the hint.
const Measure& measure_named(std::string_view name);
const Dimension& dimension_named(std::string_view name);
const Range* find_range(std::string_view name);  // null if there is none
const Dimension* find_dimension(std::string_view name);

// Below this a segment is not ranked.
inline constexpr std::int64_t kMinSessions = 30;

}  // namespace gsa::api
