#pragma once

// The friction score's formula, from the vars of the dbt project, and why a session's score is what
// it is.

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

// A var that the project does not have keeps its default.
FrictionRule friction_rule(const dbt::Project& project);

// What a session's score is computed from, and what was published.
struct ScoredSession {
  std::int64_t generations = 0, successes = 0, latency_ms = 0, retries = 0;
  double score = 0, error_points = 0, latency_points = 0, retry_points = 0;
  std::string category;
};

// A ScoreExplanation of openapi.yaml.
void write_explanation(JsonWriter& json, const FrictionRule& rule, const ScoredSession& session);

}  // namespace gsa::api
