#pragma once

// `semantic_models`, `metrics` and `saved_queries` of manifest.json, each with those that are
// switched off.

#include <vector>

#include "dbt/semantic_resource.h"

namespace gsa::dbt {

std::vector<SemanticResource> semantic_models_in_manifest(const Project& project,
                                                          double created_at);
// Also those that measures make of themselves by `create_metric`.
std::vector<SemanticResource> metrics_in_manifest(const Project& project, double created_at);
// They depend on these `metrics`.
std::vector<SemanticResource> saved_queries_in_manifest(
    const Project& project, const std::vector<SemanticResource>& metrics, double created_at);

}  // namespace gsa::dbt
