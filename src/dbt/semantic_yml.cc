#include "dbt/semantic_yml.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/yaml_entry.h"

namespace gsa::dbt {
namespace {

// `config: {meta: …}`, and `meta:` beside it where dbt takes that.
Dict meta_of(const Yaml& map) {
  Dict meta;
  const auto take = [&](const Yaml& from) {
    const std::optional<Yaml> found = from.find("meta");
    if (!found) return;
    for (const Yaml::Entry& entry : found->entries()) {
      meta.set(Value(entry.key), entry.value.value());
    }
  };
  take(map);
  if (const std::optional<Yaml> config = map.find("config")) take(*config);
  return meta;
}

// The text at `key`, and where it stands; the map's own place where it is absent.
std::string text_at(const Yaml& map, std::string_view key, Place& place) {
  const std::optional<Yaml> found = map.find(key);
  place = found ? found->place() : map.place();
  return found ? found->string() : "";
}

std::vector<std::string> filters_of(const Yaml& map) {
  const std::optional<Yaml> filter = map.find("filter");
  return filter ? filter->strings() : std::vector<std::string>{};
}

EntitySpec read_entity(const Yaml& map) {
  EntitySpec entity;
  entity.name = entry_name(map, "entity");
  map.expect_keys("an entity", {"name", "type", "description", "label", "role", "expr", "config"});
  entity.type = map.string_at("type");
  entity.expr = map.string_at("expr");
  entity.label = map.string_at("label");
  read_description(map, entity.description, entity.described_at);
  entity.place = map.place();
  return entity;
}

DimensionSpec read_dimension(const Yaml& map) {
  DimensionSpec dimension;
  dimension.name = entry_name(map, "dimension");
  map.expect_keys("a dimension", {"name", "type", "description", "label", "is_partition",
                                  "type_params", "expr", "config"});
  dimension.type = map.string_at("type");
  dimension.expr = text_at(map, "expr", dimension.expr_place);
  if (const std::optional<Yaml> params = map.find("type_params")) {
    dimension.granularity = params->string_at("time_granularity");
  }
  dimension.label = map.string_at("label");
  read_description(map, dimension.description, dimension.described_at);
  dimension.meta = meta_of(map);
  dimension.place = map.place();
  return dimension;
}

MeasureSpec read_measure(const Yaml& map) {
  MeasureSpec measure;
  measure.name = entry_name(map, "measure");
  map.expect_keys("a measure",
                  {"name", "agg", "description", "label", "expr", "agg_params",
                   "non_additive_dimension", "agg_time_dimension", "create_metric", "config"});
  measure.agg = map.string_at("agg");
  measure.expr = text_at(map, "expr", measure.expr_place);
  if (const std::optional<Yaml> params = map.find("agg_params")) {
    params->expect_keys("agg_params",
                        {"percentile", "use_discrete_percentile", "use_approximate_percentile"});
    if (const std::optional<Yaml> share = params->find("percentile")) {
      const Value value = share->value();
      if (!value.is_number()) throw share->error("a percentile is a number from 0 to 1");
      measure.percentile = value.as_double();
    }
    if (const std::optional<Yaml> discrete = params->find("use_discrete_percentile")) {
      measure.is_discrete = discrete->boolean();
    }
  }
  if (const std::optional<Yaml> create = map.find("create_metric")) {
    measure.create_metric = create->boolean();
  }
  measure.label = map.string_at("label");
  read_description(map, measure.description, measure.described_at);
  measure.meta = meta_of(map);
  measure.place = map.place();
  return measure;
}

SemanticModelSpec read_model(const Yaml& map) {
  SemanticModelSpec model;
  model.name = entry_name(map, "semantic model");
  map.expect_keys("a semantic model",
                  {"name", "model", "config", "description", "label", "defaults", "entities",
                   "measures", "dimensions", "primary_entity"});
  const std::optional<Yaml> of = map.find("model");
  if (!of) {
    throw map.error(fmt::format("the semantic model '{}' is of no model", model.name),
                    "add model: ref('NAME')");
  }
  model.model = Value(of->string());
  model.model_place = of->place();
  model.label = map.string_at("label");
  read_description(map, model.description, model.described_at);
  model.place = map.place();
  if (const std::optional<Yaml> defaults = map.find("defaults")) {
    model.time = defaults->string_at("agg_time_dimension");
  }
  if (const std::optional<Yaml> entities = map.find("entities")) {
    for (const Yaml& item : entities->items()) model.entities.push_back(read_entity(item));
  }
  if (const std::optional<Yaml> dimensions = map.find("dimensions")) {
    for (const Yaml& item : dimensions->items()) model.dimensions.push_back(read_dimension(item));
  }
  if (const std::optional<Yaml> measures = map.find("measures")) {
    for (const Yaml& item : measures->items()) model.measures.push_back(read_measure(item));
  }
  return model;
}

// A name, or a map that has one.
MetricInputSpec read_input(const Yaml& value) {
  MetricInputSpec input;
  input.place = value.place();
  if (value.is_scalar()) {
    input.name = value.string();
    return input;
  }
  input.name = entry_name(value, "metric's input");
  value.expect_keys("a metric's input",
                    {"name", "filter", "alias", "offset_window", "offset_to_grain",
                     "join_to_timespine", "fill_nulls_with"});
  for (const char* key : {"offset_window", "offset_to_grain"}) {
    if (const std::optional<Yaml> offset = value.find(key)) {
      throw offset->error(fmt::format("{} is not supported", key),
                          "compare with another period in the dashboard or the API");
    }
  }
  input.alias = value.string_at("alias");
  input.filters = filters_of(value);
  return input;
}

// dbt reads the window of cumulative and conversion metrics at once.
void check_window(const Yaml& params) {
  const std::optional<Yaml> window = params.find("window");
  if (!window || parse_time_window(window->string())) return;
  throw window->error(fmt::format("'{}' is no window of time", window->string()),
                      "write a number and a unit: window: 28 days");
}

void read_type_params(const Yaml& params, MetricSpec& metric) {
  check_window(params);
  for (const char* key : {"cumulative_type_params", "conversion_type_params"}) {
    if (const std::optional<Yaml> more = params.find(key)) check_window(*more);
  }
  const auto input = [&](std::string_view key) -> std::optional<MetricInputSpec> {
    const std::optional<Yaml> found = params.find(key);
    return found ? std::optional<MetricInputSpec>(read_input(*found)) : std::nullopt;
  };
  metric.measure = input("measure");
  metric.numerator = input("numerator");
  metric.denominator = input("denominator");
  metric.expr = text_at(params, "expr", metric.expr_place);
  if (const std::optional<Yaml> metrics = params.find("metrics")) {
    for (const Yaml& item : metrics->items()) metric.metrics.push_back(read_input(item));
  }
}

MetricSpec read_metric(const Yaml& map) {
  MetricSpec metric;
  metric.name = entry_name(map, "metric");
  map.expect_keys("a metric", {"name", "label", "type", "type_params", "description", "filter",
                               "time_granularity", "meta", "tags", "config"});
  metric.label = map.string_at("label");
  if (metric.label.empty()) {
    throw map.error(fmt::format("the metric '{}' has no label", metric.name),
                    "dbt asks for one; it is how pages name it");
  }
  metric.type = map.string_at("type");
  metric.expr_place = map.place();
  if (const std::optional<Yaml> params = map.find("type_params")) {
    read_type_params(*params, metric);
  }
  metric.filters = filters_of(map);
  read_description(map, metric.description, metric.described_at);
  metric.meta = meta_of(map);
  metric.place = map.place();
  return metric;
}

SavedQuerySpec read_saved_query(const Yaml& map) {
  SavedQuerySpec query;
  query.name = entry_name(map, "saved query");
  map.expect_keys("a saved query",
                  {"name", "query_params", "description", "label", "exports", "config", "tags"});
  query.label = map.string_at("label");
  read_description(map, query.description, query.described_at);
  if (const std::optional<Yaml> params = map.find("query_params")) {
    params->expect_keys("query_params", {"metrics", "group_by", "where", "order_by", "limit"});
    if (const std::optional<Yaml> metrics = params->find("metrics")) {
      query.metrics = metrics->strings();
    }
    if (const std::optional<Yaml> group_by = params->find("group_by")) {
      query.group_by = group_by->strings();
    }
  }
  query.meta = meta_of(map);
  query.place = map.place();
  return query;
}

template <typename Spec, typename Read>
void read_list(const std::optional<Yaml>& list, const std::string& path, const Read& read,
               std::vector<Spec>& into) {
  if (!list) return;
  for (const Yaml& item : list->items()) {
    Spec spec = read(item);
    spec.file = path;
    spec.written = item;
    into.push_back(std::move(spec));
  }
}

}  // namespace

std::optional<TimeWindow> parse_time_window(std::string_view text) {
  static const std::vector<std::string> kUnits = {
      "nanosecond", "microsecond", "millisecond", "second",  "minute", "hour",
      "day",        "week",        "month",       "quarter", "year"};
  const std::vector<std::string> parts = split(to_lower(text), ' ');
  if (parts.size() != 2 || parts[0].empty() || parts[0].size() > 18 ||
      parts[0].find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  std::string unit = parts[1];
  const std::string one = unit.substr(0, unit.size() - (unit.ends_with('s') ? 1 : 0));
  if (std::find(kUnits.begin(), kUnits.end(), one) != kUnits.end()) unit = one;
  return TimeWindow{std::stoll(parts[0]), std::move(unit)};
}

void read_semantic_yml(const Yaml& root, const std::string& path, const RenderValue& render,
                       SemanticSpecs& into) {
  // As dbt: descriptions wait for all of the docs, filters for the query.
  const auto rendering = std::make_shared<const YamlRendering>(
      YamlRendering{render, {"description", "filter", "where"}, {"config", "meta"}});
  const Yaml rendered = root.rendered(rendering);
  read_list(rendered.find("semantic_models"), path, read_model, into.models);
  read_list(rendered.find("metrics"), path, read_metric, into.metrics);
  read_list(rendered.find("saved_queries"), path, read_saved_query, into.saved_queries);
}

}  // namespace gsa::dbt
