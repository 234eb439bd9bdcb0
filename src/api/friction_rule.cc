#include "api/friction_rule.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/project.h"

namespace gsa::api {
namespace {

// Points are published with four decimals; a sum of three may be off by half a unit for each.
constexpr double kTolerance = 2e-4;

double rounded(double points) { return std::round(points * 1e4) / 1e4; }

struct Part {
  const char* name;
  double rate, weight, published;
  std::optional<double> yardstick;
  std::string formula;  // for the rate
  std::vector<std::pair<const char*, double>> inputs;

  double points(const FrictionRule& rule) const {
    return rounded(rate * weight * rule.points_per_weight);
  }
};

std::vector<Part> parts_of(const FrictionRule& rule, const ScoredSession& session) {
  const auto generations = static_cast<double>(session.generations);
  const auto successes = static_cast<double>(session.successes);
  const double latency = static_cast<double>(session.latency_ms) / generations;
  const double retries = static_cast<double>(session.retries) / generations;
  return {
      {"errors",
       1 - successes / generations,
       rule.error_weight,
       session.error_points,
       std::nullopt,
       fmt::format("(1 − {} / {})", session.successes, session.generations),
       {{"successes", successes}, {"generations", generations}}},
      {"latency",
       std::min(1.0, latency / rule.latency_yardstick_ms),
       rule.latency_weight,
       session.latency_points,
       rule.latency_yardstick_ms,
       fmt::format("min(1, {:.1f} ms / {:g} ms)", latency, rule.latency_yardstick_ms),
       {{"average_latency_ms", latency}, {"generations", generations}}},
      {"retries",
       std::min(1.0, retries / rule.retry_yardstick),
       rule.retry_weight,
       session.retry_points,
       rule.retry_yardstick,
       fmt::format("min(1, {:.2f} / {:g})", retries, rule.retry_yardstick),
       {{"average_retries", retries}, {"generations", generations}}},
  };
}

void write_part(JsonWriter& json, const FrictionRule& rule, const Part& part) {
  json.begin_object();
  json.field("name", part.name);
  json.field("points", part.points(rule));
  json.field("published_points", part.published);
  json.field("max_points", rounded(part.weight * rule.points_per_weight));
  json.field("rate", part.rate);
  json.field("weight", part.weight);
  json.field("points_per_weight", rule.points_per_weight);
  json.field("yardstick", part.yardstick);
  json.field("formula", fmt::format("{} × {:g} × {:g} = {:.2f}", part.formula, part.weight,
                                    rule.points_per_weight, part.points(rule)));
  json.key("inputs");
  json.begin_object();
  for (const auto& [name, value] : part.inputs) json.field(name, value);
  json.end_object();
  json.end_object();
}

std::string sentence_of(const ScoredSession& session) {
  std::vector<std::string> reasons;
  const std::int64_t failed = session.generations - session.successes;
  if (failed > 0) {
    reasons.push_back(fmt::format("{} of {} failed: {:.1f} points", failed,
                                  counted(session.generations, "generation", "generations"),
                                  session.error_points));
  }
  reasons.push_back(fmt::format(
      "the average latency was {:.2f} s: {:.1f} points",
      static_cast<double>(session.latency_ms) / 1000.0 / static_cast<double>(session.generations),
      session.latency_points));
  if (session.retries > 0) {
    reasons.push_back(fmt::format("{}: {:.1f} points", counted(session.retries, "retry", "retries"),
                                  session.retry_points));
  }
  return join(reasons, "; ") + ".";
}

}  // namespace

FrictionRule friction_rule(const dbt::Project& project) {
  FrictionRule rule;
  const auto read = [&](const char* name, double& into) {
    try {
      const dbt::Value text(fmt::format("{{{{ var('{}') }}}}", name));
      const dbt::Value value = project.context().render_yaml(text, {});
      into = std::stod(value.str());
    } catch (const std::exception&) {
      return;  // the project uses another formula, as the published points show
    }
  };
  read("friction_points_per_weight", rule.points_per_weight);
  read("friction_error_weight", rule.error_weight);
  read("friction_latency_weight", rule.latency_weight);
  read("friction_retry_weight", rule.retry_weight);
  read("friction_latency_yardstick_ms", rule.latency_yardstick_ms);
  read("friction_retry_yardstick", rule.retry_yardstick);
  read("friction_medium_from", rule.medium_from);
  read("friction_high_from", rule.high_from);
  return rule;
}

void write_explanation(JsonWriter& json, const FrictionRule& rule, const ScoredSession& session) {
  const std::vector<Part> parts = parts_of(rule, session);
  double computed = 0, published = 0;
  for (const Part& part : parts) {
    computed += part.points(rule);
    published += part.published;
  }
  constexpr double kMaxScore = 100;
  json.begin_object();
  json.field("score", session.score);
  json.field("uncapped", rounded(published));
  json.field("capped", published > kMaxScore);
  json.field("category", session.category);
  json.key("thresholds");
  json.begin_object();
  json.field("medium_from", rule.medium_from);
  json.field("high_from", rule.high_from);
  json.end_object();
  json.field("matches_published",
             std::abs(std::min(kMaxScore, computed) - session.score) <= kTolerance);
  json.field("sentence", sentence_of(session));
  json.key("parts");
  json.begin_array();
  for (const Part& part : parts) write_part(json, rule, part);
  json.end_array();
  json.end_object();
}

}  // namespace gsa::api
