#pragma once

// `semantic_models:`, `metrics:` and `saved_queries:` of schema files, in the form that
// dbt-core 1.10 and 1.11 read. Each has its place; src/semantic says what they mean.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbt/config.h"
#include "dbt/yaml.h"

namespace gsa::dbt {

// What is set for one of them: in dbt_project.yml, then in its own `config:`.
struct SemanticConfig {
  bool is_enabled = true;
  std::vector<std::string> fqn;
  Dict config;      // the nearest wins; the keys of meta add up
  Dict unrendered;  // as dbt keeps it to tell that something changed: all of the nearest wins
};

struct EntitySpec {
  std::string name;
  std::string type;  // primary, foreign, unique or natural
  std::string expr;  // empty: the column of its name
  std::string label, description;
  Place place, described_at;
};

struct DimensionSpec {
  std::string name;
  std::string type;  // categorical or time
  std::string expr;  // empty: the column of its name
  std::string granularity;
  std::string label, description;
  Dict meta;
  Place place, expr_place, described_at;
};

struct MeasureSpec {
  std::string name;
  std::string agg;
  std::string expr;  // empty: the column of its name
  std::string label, description;
  std::optional<double> percentile;
  bool is_discrete = false;    // use_discrete_percentile
  bool create_metric = false;  // a simple metric of the same name
  Dict meta;
  Place place, expr_place, described_at;
  SemanticConfig of_metric;  // of the one that it creates
};

struct SemanticModelSpec {
  std::string name, label, description;
  Value model;                        // ref('fct_sessions')
  std::string ref_package, ref_name;  // what it calls; no package: the project's own
  std::size_t node = 0;               // of the project, that the model is
  std::string time;                   // defaults: {agg_time_dimension: …}
  std::vector<EntitySpec> entities;
  std::vector<DimensionSpec> dimensions;
  std::vector<MeasureSpec> measures;
  Place place, described_at, model_place;
  std::string file;
  std::optional<Yaml> written;  // all of it, rendered but for descriptions and filters
  SemanticConfig configured;
};

// A measure or metric that a metric is made of.
struct MetricInputSpec {
  std::string name, alias;
  std::vector<std::string> filters;
  Place place;
};

struct MetricSpec {
  std::string name, label, description;
  std::string type;  // simple, ratio, derived; others as well
  std::optional<MetricInputSpec> measure, numerator, denominator;
  std::string expr;  // of a derived one
  std::vector<MetricInputSpec> metrics;
  std::vector<std::string> filters;
  Dict meta;
  Place place, expr_place, described_at;
  std::string file;
  std::optional<Yaml> written;
  SemanticConfig configured;
};

struct SavedQuerySpec {
  std::string name, label, description;
  std::vector<std::string> metrics;
  std::vector<std::string> group_by;  // "Dimension('user__tier')"
  Dict meta;
  Place place, described_at;
  std::string file;
  std::optional<Yaml> written;
  SemanticConfig configured;
};

struct SemanticSpecs {
  std::vector<SemanticModelSpec> models;
  std::vector<MetricSpec> metrics;
  std::vector<SavedQuerySpec> saved_queries;
};

// "28 days" -> 28, "day".
struct TimeWindow {
  std::int64_t count = 0;
  std::string granularity;
};
std::optional<TimeWindow> parse_time_window(std::string_view text);

// Adds what the root of the schema file at `path` says of them, with its templates rendered.
// Throws Error at the place of a mistake; an unknown key is one, as in dbt.
void read_semantic_yml(const Yaml& root, const std::string& path, const RenderValue& render,
                       SemanticSpecs& into);

}  // namespace gsa::dbt
