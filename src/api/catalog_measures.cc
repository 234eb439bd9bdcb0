#include <array>
#include <vector>

#include "api/api_error.h"
#include "api/catalog.h"
#include "base/text.h"

namespace gsa::api {
namespace {

constexpr double kDecimals = 1e-4;  // scores, points and credits have four
constexpr double kWastedDecimals = 1.0 / (10'000.0 * kWastedParts);

constexpr std::array<SumInfo, kSums> kSumInfos = {{
    {"sessions", Level::session, 1, "count(*)"},
    {"friction", Level::session, kDecimals, "sum(s.friction_score)"},
    {"error_points", Level::session, kDecimals, "sum(s.friction_error_points)"},
    {"latency_points", Level::session, kDecimals, "sum(s.friction_latency_points)"},
    {"retry_points", Level::session, kDecimals, "sum(s.friction_retry_points)"},
    {"low", Level::session, 1, "count(*) filter (where s.friction_category = 'low')"},
    {"medium", Level::session, 1, "count(*) filter (where s.friction_category = 'medium')"},
    {"high", Level::session, 1, "count(*) filter (where s.friction_category = 'high')"},
    {"single", Level::session, 1, "count(*) filter (where s.total_generations = 1)"},
    {"duration", Level::session, 1e-2, "sum(s.session_duration_min)"},
    {"active_users", Level::session, 1, "count(distinct s.user_id)"},
    {"users", Level::user, 1, "count(*)"},
    {"generations", Level::generation, 1, "count(*)"},
    {"successes", Level::generation, 1, "count(*) filter (where g.status = 'success')"},
    {"failures", Level::generation, 1, "count(*) filter (where g.status <> 'success')"},
    {"timeouts", Level::generation, 1, "count(*) filter (where g.status = 'timeout')"},
    {"safety_violations", Level::generation, 1,
     "count(*) filter (where g.status = 'safety_violation')"},
    {"rate_limited", Level::generation, 1, "count(*) filter (where g.status = 'rate_limited')"},
    {"model_errors", Level::generation, 1, "count(*) filter (where g.status = 'model_error')"},
    {"retries", Level::generation, 1, "sum(g.retry_count)"},
    {"images", Level::generation, 1, "sum(g.image_count)"},
    {"latency", Level::generation, 1, "sum(g.latency_ms)"},
    {"cost", Level::generation, kDecimals, "sum(g.cost_credits)"},
    {"wasted_cost", Level::generation, kWastedDecimals,
     "sum(case when g.status = 'success' "
     "then round(g.cost_credits * g.retry_count / (1 + g.retry_count), 8) "
     "else g.cost_credits end)"},
    {"downloads", Level::generation, 1, "count(*) filter (where g.downloaded)"},
    {"feedback", Level::generation, 1,
     "count(*) filter (where g.feedback in ('thumbs_up', 'thumbs_down'))"},
    {"thumbs_up", Level::generation, 1, "count(*) filter (where g.feedback = 'thumbs_up')"},
    {"thumbs_down", Level::generation, 1, "count(*) filter (where g.feedback = 'thumbs_down')"},
}};

Measure sum(std::string_view name, std::string_view label, Sum part, std::string_view better,
            std::string_view description, std::string_view unit = "",
            std::string_view format = "integer") {
  return {name, label, unit, format, better, description, part, std::nullopt};
}

Measure share(std::string_view name, std::string_view label, Sum part, Sum whole,
              std::string_view better, std::string_view description, bool is_average = true) {
  return {name,      label, "", "share", better, description, part, whole, 0, IntervalKind::wilson,
          is_average};
}

// Of whatever each user did: the interval takes users as clusters.
Measure mean(std::string_view name, std::string_view label, Sum part, Sum whole,
             std::string_view unit, std::string_view format, std::string_view better,
             std::string_view description) {
  return {name, label, unit, format, better, description, part, whole, 0, IntervalKind::clustered,
          true};
}

Measure latency_quantile(std::string_view name, std::string_view label, double quantile,
                         std::string_view description) {
  return {name, label, "ms", "ms", "lower", description, Sum::latency, std::nullopt, quantile};
}

std::vector<Measure> all() {
  using enum Sum;
  return {
      sum("sessions", "Sessions", sessions, "higher", "Sessions."),
      sum("active_users", "Active users", active_users, "higher", "Users with a session."),
      sum("users", "Users", users, "higher",
          "Users who had signed up by the end of the time range, active or not. Only filters on "
          "attributes of users hold."),
      sum("generations", "Generations", generations, "higher",
          "Generations, requests for one or more images."),
      sum("successes", "Successes", successes, "higher", "Generations that succeeded."),
      sum("failures", "Failures", failures, "lower", "Generations that did not succeed."),
      share("success_rate", "Success rate", successes, generations, "higher",
            "Successes of all generations."),
      share("failure_rate", "Failure rate", failures, generations, "lower",
            "Failures of all generations."),
      sum("timeouts", "Timeouts", timeouts, "lower", "Generations that timed out."),
      sum("safety_violations", "Safety violations", safety_violations, "lower",
          "Generations refused for safety."),
      sum("rate_limited", "Rate limited", rate_limited, "lower",
          "Generations refused by the rate limit."),
      sum("model_errors", "Model errors", model_errors, "lower",
          "Generations that failed in the model."),
      sum("retries", "Retries", retries, "lower", "How often generations were tried again."),
      mean("retries_per_generation", "Retries a generation", retries, generations, "", "ratio",
           "lower", "Mean retries of a generation."),
      sum("images", "Images", images, "higher", "Images asked for."),
      mean("friction", "Friction", friction, sessions, "points", "points", "lower",
           "Mean friction score of the sessions, from 0 (none) to 100."),
      mean("friction_error_points", "Error points", error_points, sessions, "points", "points",
           "lower", "The part of friction that comes from failed generations."),
      mean("friction_latency_points", "Latency points", latency_points, sessions, "points",
           "points", "lower", "The part of friction that comes from waiting."),
      mean("friction_retry_points", "Retry points", retry_points, sessions, "points", "points",
           "lower", "The part of friction that comes from trying again."),
      share("low_friction_share", "Low friction", low, sessions, "higher",
            "Share of sessions of low friction.", false),
      share("medium_friction_share", "Medium friction", medium, sessions, "neither",
            "Share of sessions of medium friction.", false),
      share("high_friction_share", "High friction", high, sessions, "lower",
            "Share of sessions of high friction."),
      mean("latency_mean", "Mean latency", Sum::latency, generations, "ms", "ms", "lower",
           "Mean latency of the generations."),
      latency_quantile("latency_p50", "Median latency", 0.5,
                       "Half of the generations were this fast."),
      latency_quantile("latency_p90", "Latency, p90", 0.9,
                       "90 % of the generations were this fast."),
      latency_quantile("latency_p95", "Latency, p95", 0.95,
                       "95 % of the generations were this fast."),
      latency_quantile("latency_p99", "Latency, p99", 0.99,
                       "99 % of the generations were this fast."),
      sum("cost", "Cost", cost, "lower", "Credits charged.", "credits", "credits"),
      mean("cost_per_generation", "Cost a generation", cost, generations, "credits",
           "credits_small", "lower", "Credits a generation."),
      mean("cost_per_session", "Cost a session", cost, sessions, "credits", "credits_small",
           "lower", "Credits a session."),
      {"cost_per_user", "Cost a user", "credits", "credits", "neither", "Credits an active user.",
       cost, active_users},
      mean("cost_per_success", "Cost a success", cost, successes, "credits", "credits_small",
           "lower", "Credits of all generations, by the number that succeeded."),
      {"cost_per_downloaded_image", "Cost a download", "credits", "credits_small", "lower",
       "Credits of all generations, by the number whose image was downloaded.", cost, downloads, 0,
       IntervalKind::clustered},
      sum("wasted_cost", "Wasted cost", wasted_cost, "lower",
          "Credits of failures, and of successes the share of the attempts before the last: "
          "cost × retries / (1 + retries).",
          "credits", "credits"),
      {"wasted_cost_share", "Wasted share", "", "share", "lower", "Wasted cost of all cost.",
       wasted_cost, cost, 0, IntervalKind::clustered},
      sum("downloads", "Downloads", downloads, "higher", "Generations whose image was downloaded."),
      share("download_rate", "Download rate", downloads, successes, "higher",
            "Downloads of all successes."),
      sum("feedback", "Feedback", feedback, "higher", "Generations with thumbs up or down."),
      sum("thumbs_up", "Thumbs up", thumbs_up, "higher", "Generations with thumbs up."),
      sum("thumbs_down", "Thumbs down", thumbs_down, "lower", "Generations with thumbs down."),
      share("feedback_rate", "Feedback rate", feedback, generations, "higher",
            "Generations with feedback of all generations."),
      share("satisfaction", "Satisfaction", thumbs_up, feedback, "higher",
            "Thumbs up of all feedback."),
      mean("generations_per_session", "Generations a session", generations, sessions, "", "ratio",
           "neither", "Mean generations of a session."),
      {"sessions_per_user", "Sessions a user", "", "ratio", "higher",
       "Mean sessions of an active user.", sessions, active_users},
      share("single_generation_share", "Single-generation sessions", single, sessions, "neither",
            "Share of sessions of one generation.", false),
      mean("session_duration", "Session duration", duration, sessions, "minutes", "minutes",
           "neither", "Mean minutes from the first to the last generation of a session."),
  };
}

}  // namespace

const SumInfo& info(Sum sum) { return kSumInfos[static_cast<std::size_t>(sum)]; }

Level Measure::level() const { return info(part).level; }

std::string_view Measure::kind() const {
  if (quantile != 0) return "quantile";
  if (whole) return "ratio";
  return part == Sum::active_users ? "distinct" : "additive";
}

const std::vector<Measure>& measures() {
  static const std::vector<Measure> list = all();
  return list;
}

const Measure& measure_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Measure& measure : measures()) {
    if (measure.name == name) return measure;
    names.emplace_back(measure.name);
  }
  throw bad_request("there is no measure '" + std::string(name) + "'", did_you_mean(name, names));
}

}  // namespace gsa::api
