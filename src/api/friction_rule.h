#pragma once

// The formula of the friction score, from the vars of the dbt project, and the explanation of a
// session's score.

#include <cstdint>
#include <string>

#include "api/json_writer.h"

namespace gsa::dbt {
class Project;
}

namespace gsa::api {

// The defaults are those of the built-in project.
struct FrictionRule {
  double points_per_weight = 33.33;
  double error_weight = 3, latency_weight = 2, retry_weight = 1;
  double latency_yardstick_ms = 5000, retry_yardstick = 2;
  double medium_from = 20, high_from = 60;
};

// Vars that the project does not set keep their defaults.
FrictionRule friction_rule(const dbt::Project& project);

// The inputs of a session's score, and its published points.
struct ScoredSession {
  std::int64_t generations = 0, successes = 0, latency_ms = 0, retries = 0;
  double score = 0, error_points = 0, latency_points = 0, retry_points = 0;
  std::string category;
};

// A ScoreExplanation of openapi.yaml.
void write_explanation(JsonWriter& json, const FrictionRule& rule, const ScoredSession& session);

}  // namespace gsa::api
