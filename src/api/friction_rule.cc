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
  std::optional<double> rate;
  double weight;
  std::optional<double> published;
  std::optional<double> yardstick;
  std::string formula;  // for the rate
  std::vector<std::pair<const char*, double>> inputs;

  std::optional<double> points(const FrictionRule& rule) const {
    return rate ? std::optional(rounded(*rate * weight * rule.points_per_weight)) : std::nullopt;
  }
};

// Nullopt if no generation knows it.
std::optional<double> mean_of(const ScoredSession::Sum& sum) {
  if (sum.known == 0) return std::nullopt;
  return static_cast<double>(sum.sum) / static_cast<double>(sum.known);
}

Part error_part(const FrictionRule& rule, const ScoredSession& session) {
  const ScoredSession::Sum& sum = session.successes;
  Part part{"errors", std::nullopt, rule.error_weight, session.error_points, std::nullopt, "", {}};
  const std::optional<double> mean = mean_of(sum);
  if (!mean) return part;
  part.rate = 1 - *mean;
  part.formula = fmt::format("(1 − {} / {})", sum.sum, sum.known);
  part.inputs = {{"successes", static_cast<double>(sum.sum)},
                 {"generations", static_cast<double>(sum.known)}};
  return part;
}

Part latency_part(const FrictionRule& rule, const ScoredSession& session) {
  const ScoredSession::Sum& sum = session.latency_ms;
  Part part{"latency",
            std::nullopt,
            rule.latency_weight,
            session.latency_points,
            rule.latency_yardstick_ms,
            "",
            {}};
  const std::optional<double> mean = mean_of(sum);
  if (!mean) return part;
  part.rate = std::min(1.0, *mean / rule.latency_yardstick_ms);
  part.formula = fmt::format("min(1, {:.1f} ms / {:g} ms)", *mean, rule.latency_yardstick_ms);
  part.inputs = {{"average_latency_ms", *mean}, {"generations", static_cast<double>(sum.known)}};
  return part;
}

Part retry_part(const FrictionRule& rule, const ScoredSession& session) {
  const ScoredSession::Sum& sum = session.retries;
  Part part{
      "retries", std::nullopt, rule.retry_weight, session.retry_points, rule.retry_yardstick, "",
      {}};
  const std::optional<double> mean = mean_of(sum);
  if (!mean) return part;
  part.rate = std::min(1.0, *mean / rule.retry_yardstick);
  part.formula = fmt::format("min(1, {:.2f} / {:g})", *mean, rule.retry_yardstick);
  part.inputs = {{"average_retries", *mean}, {"generations", static_cast<double>(sum.known)}};
  return part;
}

void write_part(JsonWriter& json, const FrictionRule& rule, const Part& part) {
  const std::optional<double> points = part.points(rule);
  json.begin_object();
  json.field("name", part.name);
  json.field("points", points);
  json.field("published_points", part.published);
  json.field("max_points", rounded(part.weight * rule.points_per_weight));
  json.field("rate", part.rate);
  json.field("weight", part.weight);
  json.field("points_per_weight", rule.points_per_weight);
  json.field("yardstick", part.yardstick);
  json.text_or_null("formula", points ? fmt::format("{} × {:g} × {:g} = {:.2f}", part.formula,
                                                    part.weight, rule.points_per_weight, *points)
                                      : "");
  json.key("inputs");
  json.begin_object();
  for (const auto& [name, value] : part.inputs) json.field(name, value);
  json.end_object();
  json.end_object();
}

std::string sentence_of(const ScoredSession& session) {
  std::vector<std::string> reasons, unknown;
  const std::int64_t failed = session.successes.known - session.successes.sum;
  if (!session.error_points) {
    unknown.emplace_back("the statuses");
  } else if (failed > 0) {
    reasons.push_back(fmt::format("{} of {} failed: {:.1f} points", failed,
                                  counted(session.successes.known, "generation", "generations"),
                                  *session.error_points));
  }
  const std::optional<double> latency = mean_of(session.latency_ms);
  if (session.latency_points && latency) {
    reasons.push_back(fmt::format("the average latency was {:.2f} s: {:.1f} points",
                                  *latency / 1000.0, *session.latency_points));
  } else {
    unknown.emplace_back("the latency");
  }
  if (!session.retry_points) {
    unknown.emplace_back("the retries");
  } else if (session.retries.sum > 0) {
    reasons.push_back(fmt::format("{}: {:.1f} points",
                                  counted(session.retries.sum, "retry", "retries"),
                                  *session.retry_points));
  }
  if (!unknown.empty()) {
    const std::string last = unknown.back();
    unknown.pop_back();
    reasons.push_back((unknown.empty() ? last : join(unknown, ", ") + " and " + last) +
                      (unknown.empty() && last == "the latency" ? " is unknown" : " are unknown"));
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
  const std::vector<Part> parts = {error_part(rule, session), latency_part(rule, session),
                                   retry_part(rule, session)};
  double computed = 0, published = 0;
  for (const Part& part : parts) {
    computed += part.points(rule).value_or(0);
    published += part.published.value_or(0);
  }
  constexpr double kMaxScore = 100;
  json.begin_object();
  json.field("score", session.score);
  json.field("uncapped", rounded(published));
  json.field("capped", published > kMaxScore);
  json.text_or_null("category", session.category);
  json.key("thresholds");
  json.begin_object();
  json.field("medium_from", rule.medium_from);
  json.field("high_from", rule.high_from);
  json.end_object();
  json.field("matches_published",
             std::abs(std::min(kMaxScore, computed) - session.score.value_or(0)) <= kTolerance);
  json.field("sentence", sentence_of(session));
  json.key("parts");
  json.begin_array();
  for (const Part& part : parts) write_part(json, rule, part);
  json.end_array();
  json.end_object();
}

}  // namespace gsa::api
