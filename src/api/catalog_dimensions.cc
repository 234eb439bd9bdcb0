#include <string>
#include <vector>

#include "api/api_error.h"
#include "api/catalog.h"
#include "base/text.h"

namespace gsa::api {
namespace {

std::vector<Dimension> all_dimensions() {
  using enum DimType;
  constexpr Level kUser = Level::user, kSession = Level::session, kGeneration = Level::generation;
  return {
      {Dim::tier, "tier", "Tier", "Subscription of the user.", kUser, category, "u.user_tier"},
      {Dim::region, "region", "Region", "Where the user is.", kUser, category, "u.region"},
      {Dim::device, "device", "Device", "What the user works on.", kUser, category,
       "u.device_type"},
      {Dim::cohort_week, "cohort_week", "Signup week",
       "ISO week in which the user signed up, with its year.", kUser, category, "u.cohort_week"},
      {Dim::traits_origin, "traits_origin", "Origin of tier, region and device",
       "Observed in the source or simulated.", kUser, category, "u.traits_origin"},
      {Dim::user, "user", "User", "Number of the user.", kUser, number, "u.user_id"},
      {Dim::friction_category, "friction_category", "Friction category",
       "low, medium or high, of the session's score.", kSession, category, "s.friction_category"},
      {Dim::session_length, "session_length", "Session length", "Generations of the session.",
       kSession, category,
       "case when s.total_generations <= 2 then s.total_generations::varchar "
       "when s.total_generations <= 5 then '3–5' when s.total_generations <= 10 then '6–10' "
       "else '11+' end"},
      {Dim::day, "day", "Day", "On which the session began (UTC).", kSession, time,
       "s.session_date::varchar"},
      {Dim::week, "week", "Week", "In which the session began, named by its Monday.", kSession,
       time, "date_trunc('week', s.session_date)::date::varchar"},
      {Dim::month, "month", "Month", "In which the session began.", kSession, time,
       "strftime(s.session_date, '%Y-%m')"},
      {Dim::hour, "hour", "Hour", "In which the session began (UTC).", kSession, time,
       "strftime(s.session_start, '%Y-%m-%d %H:00')"},
      {Dim::hour_of_day, "hour_of_day", "Hour of the day",
       "At which the session began, 0 to 23 (UTC).", kSession, number, "hour(s.session_start)"},
      {Dim::weekday, "weekday", "Day of the week",
       "On which the session began, 1 (Monday) to 7 (UTC).", kSession, number,
       "isodow(s.session_date)"},
      {Dim::model, "model", "Model", "Version of the image model.", kGeneration, category,
       "g.model_version"},
      {Dim::complexity, "complexity", "Complexity", "Of the prompt, by its length.", kGeneration,
       category, "g.complexity"},
      {Dim::status, "status", "Status", "Outcome of the generation.", kGeneration, category,
       "g.status"},
      {Dim::feedback, "feedback", "Feedback", "Thumbs up, thumbs down or none.", kGeneration,
       category, "g.feedback"},
      {Dim::downloaded, "downloaded", "Downloaded", "Whether the image was downloaded.",
       kGeneration, boolean, "g.downloaded"},
      {Dim::user_origin, "user_origin", "Origin of the user",
       "Observed in the source or simulated.", kGeneration, category, "g.user_origin"},
      {Dim::time_origin, "time_origin", "Origin of the time",
       "Observed in the source or simulated.", kGeneration, category, "g.time_origin"},
      {Dim::status_origin, "status_origin", "Origin of the status",
       "Observed in the source or simulated.", kGeneration, category, "g.status_origin"},
      {Dim::latency_origin, "latency_origin", "Origin of the latency",
       "Observed in the source or simulated.", kGeneration, category, "g.latency_origin"},
      {Dim::cost_origin, "cost_origin", "Origin of the cost",
       "Observed in the source or simulated.", kGeneration, category, "g.cost_origin"},
      {Dim::retry_origin, "retry_origin", "Origin of retries",
       "Observed in the source or simulated.", kGeneration, category, "g.retry_origin"},
      {Dim::feedback_origin, "feedback_origin", "Origin of feedback",
       "Observed in the source or simulated.", kGeneration, category, "g.feedback_origin"},
      {Dim::download_origin, "download_origin", "Origin of downloads",
       "Observed in the source or simulated.", kGeneration, category, "g.download_origin"},
      {Dim::model_origin, "model_origin", "Origin of the model",
       "Observed in the source or simulated.", kGeneration, category, "g.model_origin"},
  };
}

// Edges from `begin` up to and with `end`, `per_unit` to a unit: a quotient of whole numbers is the
// nearest double to the decimal that is meant, as the quotients are that values are held against.
void add_steps(std::vector<double>& edges, int begin, int end, int step, double per_unit) {
  for (int i = begin; i <= end; i += step) edges.push_back(i / per_unit);
}

std::vector<double> steps(int begin, int end, int step, double per_unit = 1) {
  std::vector<double> edges;
  add_steps(edges, begin, end, step, per_unit);
  return edges;
}

std::vector<double> latency_edges(int step, int long_step) {
  std::vector<double> edges = steps(0, 5000, step);
  add_steps(edges, 5000 + long_step, 30000, long_step, 1);
  return edges;
}

std::vector<double> cost_edges() {
  std::vector<double> edges = steps(0, 10, 1, 10);
  edges.insert(edges.end(), {1.5, 2, 3, 5, 10, 20});
  return edges;
}

std::vector<double> fine_cost_edges() {
  std::vector<double> edges = steps(0, 100, 2, 100);
  add_steps(edges, 11, 100, 1, 10);
  edges.push_back(20);
  return edges;
}

std::vector<Range> all_ranges() {
  constexpr Level kSession = Level::session, kGeneration = Level::generation;
  return {
      {RangeId::friction, "friction", "Friction", "points", "Friction score of the session.",
       kSession, "s.friction_score", steps(0, 95, 5), steps(0, 99, 1)},
      {RangeId::duration_min,
       "duration_min",
       "Duration",
       "minutes",
       "Minutes from the first to the last generation of the session.",
       kSession,
       "s.session_duration_min",
       {0, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240},
       steps(0, 240, 1)},
      {RangeId::generations,
       "generations",
       "Generations",
       "",
       "Generations of the session.",
       kSession,
       "s.total_generations",
       {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 30, 50},
       steps(1, 50, 1)},
      {RangeId::cost, "cost", "Cost", "credits", "Credits of the session.", kSession,
       "s.total_cost_credits", cost_edges(), fine_cost_edges()},
      {RangeId::retries,
       "retries",
       "Retries",
       "",
       "Retries in the session.",
       kSession,
       "s.total_retries",
       {0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30},
       steps(0, 30, 1)},
      {RangeId::avg_latency_ms, "avg_latency_ms", "Mean latency", "ms",
       "Mean latency of the session's generations.", kSession,
       "(s.total_latency_ms / s.total_generations)", latency_edges(250, 2500),
       latency_edges(50, 500)},
      {RangeId::success_rate, "success_rate", "Success rate", "",
       "Share of the session's generations that succeeded, 0 to 1.", kSession,
       "(s.successful_generations / s.total_generations)", steps(0, 10, 1, 10),
       steps(0, 100, 1, 100)},
      {RangeId::latency_ms, "latency_ms", "Latency", "ms", "Latency of the generation.",
       kGeneration, "g.latency_ms", latency_edges(250, 2500), latency_edges(50, 500)},
      {RangeId::token_count, "token_count", "Tokens", "", "Words of the prompt.", kGeneration,
       "g.token_count", steps(0, 100, 5), steps(0, 100, 1)},
  };
}

}  // namespace

const std::vector<Dimension>& dimensions() {
  static const std::vector<Dimension> list = all_dimensions();
  return list;
}

const std::vector<Range>& ranges() {
  static const std::vector<Range> list = all_ranges();
  return list;
}

const Dimension* find_dimension(std::string_view name) {
  for (const Dimension& dimension : dimensions()) {
    if (dimension.name == name) return &dimension;
  }
  return nullptr;
}

const Dimension& dimension_named(std::string_view name) {
  if (const Dimension* found = find_dimension(name)) return *found;
  std::vector<std::string> names;
  for (const Dimension& dimension : dimensions()) names.emplace_back(dimension.name);
  throw bad_request("there is no dimension '" + std::string(name) + "'", did_you_mean(name, names));
}

const Range* find_range(std::string_view name) {
  for (const Range& range : ranges()) {
    if (range.name == name) return &range;
  }
  return nullptr;
}

}  // namespace gsa::api
