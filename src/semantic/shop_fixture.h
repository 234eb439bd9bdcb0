#pragma once

// For tests: a small project with users, sessions and generations, and a matching warehouse.

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "dbt/project.h"
#include "duck/database.h"
#include "semantic/layer_reading.h"

namespace gsa::semantic {

inline constexpr const char* kModels = R"(version: 2
semantic_models:
  - name: users
    model: ref('people')
    defaults: {agg_time_dimension: signup}
    entities: [{name: user, type: primary, expr: id, label: User}]
    dimensions:
      - {name: signup, type: time, type_params: {time_granularity: day}}
      - name: tier
        type: categorical
        label: Tier
        config: {meta: {colors: {free: orange}, shapes: {free: cross}}}
    measures:
      - {name: users, agg: count, expr: "1"}
  - name: sessions
    model: ref('visits')
    defaults: {agg_time_dimension: day}
    entities: [{name: session, type: primary, expr: id}, {name: user, type: foreign, expr: person}]
    dimensions:
      - name: day
        type: time
        type_params: {time_granularity: day}
        config: {meta: {grains: {day: {label: Day}}}}
      - name: size
        type: categorical
        expr: clicks
        config: {meta: {scale: true, bins: {edges: [0, {from: 1, to: 2, step: 0.5}], end: 4}}}
    measures:
      - {name: sessions, agg: sum, expr: "1"}
      - {name: clicks, agg: sum, create_metric: true, label: Clicks}
      - {name: people, agg: count_distinct, expr: person, create_metric: true}
  - name: generations
    model: ref('events')
    defaults: {agg_time_dimension: made_at}
    entities:
      - {name: generation, type: primary, expr: id}
      - {name: session, type: foreign, expr: visit}
      - {name: user, type: foreign, expr: person}
    dimensions:
      - {name: made_at, type: time, type_params: {time_granularity: day}}
      - {name: status, type: categorical}
    measures:
      - {name: events, agg: sum, expr: "1", create_metric: true}
      - {name: price, agg: average, expr: "price"}
)";

inline constexpr const char* kMetrics = R"(version: 2
metrics:
  - name: failed
    label: Failed
    type: simple
    type_params: {measure: events}
    filter: "{{ Dimension('generation__status') }} = 'failed'"
  - {name: failure_rate, label: Failure rate, type: ratio,
     type_params: {numerator: failed, denominator: events}}
  - {name: mean_price, label: Mean price, type: simple, type_params: {measure: price}}
)";

inline testing::AssertionResult begins(const std::string& text, const std::string& with) {
  if (text.starts_with(with)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << text;
}
inline testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << text;
}

// `more` is one more schema file, `settings` are more lines of dbt_project.yml.
inline dbt::Project project_with(const std::string& more, const std::string& settings = "") {
  return dbt::Project::load(dbt::ProjectFiles(std::map<std::string, std::string>{
      {"dbt_project.yml", "name: shop\nversion: '1'\nprofile: shop\n" + settings},
      {"models/people.sql", "select 1 as id, 'free' as tier, date '2025-01-01' as signup"},
      {"models/visits.sql", "select 1 as id, 1 as person, date '2025-01-02' as day, 3 as clicks"},
      {"models/events.sql",
       "select 1 as id, 1 as visit, 1 as person, timestamp '2025-01-02' as made_at, "
       "'failed' as status, 1.50 as price"},
      {"models/a.yml", kModels},
      {"models/b.yml", kMetrics},
      {"models/c.yml", more},
  }));
}

inline Layer shop_layer(const std::string& more = "", const std::string& settings = "") {
  return read_layer(project_with(more, settings)).value();
}

// The error of the project: "file:line: …|hint", or "none".
inline std::string mistake_in(const std::string& more) {
  try {
    read_layer(project_with(more));
    return "none";
  } catch (const Error& error) {
    const std::string line = error.message().substr(0, error.message().find('\n'));
    return line + "|" + error.hint();
  }
}

inline duck::Connection shop_warehouse() {
  static const duck::Database database{duck::DatabaseOptions{}};
  duck::Connection connection = database.connect();
  connection.execute(R"(
    create or replace table people (id integer, tier varchar, signup date);
    create or replace table visits (id integer, person integer, day date, clicks integer);
    create or replace table events
        (id integer, visit integer, person integer, made_at timestamp, status varchar, price decimal(9, 2));
  )");
  return connection;
}

}  // namespace gsa::semantic
