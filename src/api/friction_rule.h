#pragma once

// The formula of the friction score, from the vars of the dbt project, and the explanation of a
// session's score.

#include <cstdint>
#include <optional>
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

// The inputs of a session's score, and its published points; nullopt is unknown.
struct ScoredSession {
  // A sum over the `known` generations.
  struct Sum {
    std::int64_t known = 0, sum = 0;
  };
  Sum successes, latency_ms, retries;
  std::optional<double> score, error_points, latency_points, retry_points;
  std::string category;
};

// A ScoreExplanation of openapi.yaml.
void write_explanation(JsonWriter& json, const FrictionRule& rule, const ScoredSession& session);

}  // namespace gsa::api
