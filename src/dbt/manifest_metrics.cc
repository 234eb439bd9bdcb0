#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "dbt/manifest_semantic.h"

namespace gsa::dbt {
namespace {

bool is_text(const Value& value, std::string_view text) {
  return value.is_string() && value.as_string() == text;
}

Value window_value(const Value& written) {
  const auto window = written.is_none() ? std::nullopt : parse_time_window(written.str());
  if (!window) return {};
  Dict dict;
  dict.set(Value("count"), Value(window->count));
  dict.set(Value("granularity"), Value(window->granularity));
  return Value(std::move(dict));
}

// What a name alone stands for: {name: …}.
Dict named_map(const Value& written) {
  if (written.is_dict()) return written.as_dict();
  Dict dict;
  dict.set(Value("name"), as_text(written));
  return dict;
}

// What measures and metrics have in common as the input of a metric.
Dict input_of(const Dict& said) {
  Dict dict;
  dict.set(Value("name"), value_at(said, "name"));
  dict.set(Value("filter"), filter_value(value_at(said, "filter")));
  dict.set(Value("alias"), value_at(said, "alias"));
  return dict;
}

Value input_measure(const Value& written) {
  if (written.is_none()) return {};
  const Dict said = named_map(written);
  Dict dict = input_of(said);
  dict.set(Value("join_to_timespine"), Value(value_at(said, "join_to_timespine").truth()));
  dict.set(Value("fill_nulls_with"), value_at(said, "fill_nulls_with"));
  return Value(std::move(dict));
}

Value input_metric(const Value& written) {
  if (written.is_none()) return {};
  const Dict said = named_map(written);
  Dict dict = input_of(said);
  dict.set(Value("offset_window"), window_value(value_at(said, "offset_window")));
  dict.set(Value("offset_to_grain"), value_at(said, "offset_to_grain"));
  return Value(std::move(dict));
}

Value conversion_params(const Value& written) {
  if (!written.is_dict()) return {};
  const Dict& said = written.as_dict();
  Dict dict;
  for (const char* key : {"base_measure", "conversion_measure"}) {
    dict.set(Value(key), input_measure(value_at(said, key)));
  }
  dict.set(Value("entity"), value_at(said, "entity"));
  const Value calculation = value_at(said, "calculation");
  dict.set(Value("calculation"), calculation.is_none() ? Value("conversion_rate") : calculation);
  dict.set(Value("window"), window_value(value_at(said, "window")));
  dict.set(Value("constant_properties"), value_at(said, "constant_properties"));
  return Value(std::move(dict));
}

// Beside these parameters, where dbt looked for them before, stand the same ones.
Value cumulative_params(const Dict& params) {
  const Dict said = map_at(params, "cumulative_type_params");
  const auto at_either = [&](const char* key) {
    const Value own = value_at(said, key);
    return own.is_none() ? value_at(params, key) : own;
  };
  Dict dict;
  dict.set(Value("window"), window_value(at_either("window")));
  dict.set(Value("grain_to_date"), at_either("grain_to_date"));
  const Value period_agg = value_at(said, "period_agg");
  dict.set(Value("period_agg"), period_agg.is_none() ? Value("first") : period_agg);
  dict.set(Value("metric"), Value());
  return Value(std::move(dict));
}

// The metric that a measure with `create_metric` makes, as if it were written.
Dict metric_of_measure(const Dict& measure) {
  const Value name = value_at(measure, "name");
  const auto either = [&](const char* key, const Value& otherwise) {
    const Value said = value_at(measure, key);
    return said.truth() ? said : otherwise;
  };
  Dict params, metric;
  params.set(Value("measure"), name);
  params.set(Value("expr"), either("expr", name));
  metric.set(Value("name"), name);
  metric.set(Value("label"), either("label", name));
  metric.set(Value("type"), Value("simple"));
  metric.set(Value("type_params"), Value(std::move(params)));
  metric.set(
      Value("description"),
      either("description", Value(fmt::format("Metric created from measure {}", name.str()))));
  return metric;
}

class MetricsWriter {
 public:
  MetricsWriter(const Project& project, double created_at)
      : project_(project), created_at_(created_at) {
    take(project.declarations().semantic, true);
    take(project.declarations().disabled_semantic, false);
    for (const WrittenResource& metric : metrics_) {
      if (metric.configured.is_enabled) enabled_.emplace(metric.name, &metric);
    }
  }

  std::vector<SemanticResource> write() const {
    std::vector<SemanticResource> written;
    for (const WrittenResource& metric : metrics_) written.push_back(write(metric));
    return written;
  }

 private:
  void take(const SemanticSpecs& specs, bool is_enabled) {
    for (const SemanticModelSpec& spec : specs.models) take_measures(spec, is_enabled);
    for (const MetricSpec& spec : specs.metrics) {
      metrics_.push_back(
          {"metric", spec.name, spec.file, spec.place, json_map(spec.written), spec.configured});
    }
  }

  void take_measures(const SemanticModelSpec& spec, bool is_enabled) {
    const List written = items_at(json_map(spec.written), "measures");
    for (std::size_t i = 0; i < spec.measures.size(); ++i) {
      const MeasureSpec& measure = spec.measures[i];
      if (is_enabled) {
        models_of_measures_.emplace(measure.name,
                                    resource_id(project_, "semantic_model", spec.name));
      }
      if (!measure.create_metric) continue;
      metrics_.push_back({"metric", measure.name, spec.file, spec.place,
                          metric_of_measure(written.at(i).as_dict()), measure.of_metric});
    }
  }

  SemanticResource write(const WrittenResource& metric) const {
    const Dict& written = metric.written;
    const Dict config = resource_config(metric);
    Dict dict = resource_head(project_, metric);
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    const Value description = description_at(project_, written, metric.place);
    set("description", description.is_none() ? Value("") : description);
    set("label", as_text(value_at(written, "label")));
    set("type", value_at(written, "type"));
    set("type_params", params_of(metric));
    set("filter", filter_value(value_at(written, "filter")));
    set("time_granularity", value_at(written, "time_granularity"));
    const Dict meta = map_at(config, "meta");
    set("meta", Value(meta.size() == 0 ? map_at(written, "meta") : meta));
    set("tags", Value(items_at(written, "tags")));
    set("config", Value(config));
    for (const char* key : {"refs", "sources", "metrics"}) set(key, Value(List()));
    return finished_resource(project_, metric, depends_on(metric), created_at_, std::move(dict));
  }

  Value params_of(const WrittenResource& metric) const {
    const Dict params = map_at(metric.written, "type_params");
    Dict dict;
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    const auto said = [&](const char* key) { return value_at(params, key); };
    set("measure", input_measure(said("measure")));
    set("input_measures", Value(measures_of(metric)));
    set("numerator", input_metric(said("numerator")));
    set("denominator", input_metric(said("denominator")));
    set("expr", as_text(said("expr")));
    set("window", window_value(said("window")));
    set("grain_to_date", said("grain_to_date"));
    List metrics;
    for (const Value& item : items_at(params, "metrics")) metrics.push_back(input_metric(item));
    set("metrics", Value(std::move(metrics)));
    set("conversion_type_params", conversion_params(said("conversion_type_params")));
    const bool is_cumulative = is_text(value_at(metric.written, "type"), "cumulative");
    set("cumulative_type_params", is_cumulative ? cumulative_params(params) : Value());
    set("metric_aggregation_params", Value());
    return Value(std::move(dict));
  }

  // The metrics of which a ratio or a derived one is made.
  static std::vector<std::string> inputs_of(const WrittenResource& metric) {
    const Dict params = map_at(metric.written, "type_params");
    const Value type = value_at(metric.written, "type");
    List inputs;
    if (is_text(type, "ratio")) {
      inputs = {value_at(params, "numerator"), value_at(params, "denominator")};
    } else if (is_text(type, "derived")) {
      inputs = items_at(params, "metrics");
    }
    std::vector<std::string> names;
    for (const Value& input : inputs) names.push_back(value_at(named_map(input), "name").str());
    return names;
  }

  // The measures that a metric is of in the end. dbt leaves those of a disabled one open.
  List measures_of(const WrittenResource& metric) const {
    List found;
    std::set<std::string> seen;
    if (metric.configured.is_enabled) add_measures(metric, seen, found);
    return found;
  }

  void add_measures(const WrittenResource& metric, std::set<std::string>& seen, List& into) const {
    if (!seen.insert(metric.name).second) return;
    const Dict params = map_at(metric.written, "type_params");
    const Dict conversion = map_at(params, "conversion_type_params");
    for (const Value& own : {value_at(params, "measure"), value_at(conversion, "base_measure"),
                             value_at(conversion, "conversion_measure")}) {
      const Value measure = input_measure(own);
      const bool is_new = std::find(into.begin(), into.end(), measure) == into.end();
      if (!measure.is_none() && is_new) into.push_back(measure);
    }
    for (const std::string& name : inputs_of(metric)) {
      const auto input = enabled_.find(name);
      if (input != enabled_.end()) add_measures(*input->second, seen, into);
    }
  }

  std::vector<std::string> depends_on(const WrittenResource& metric) const {
    std::vector<std::string> ids;
    const auto add = [&](const std::string& id) {
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    };
    if (!metric.configured.is_enabled) return ids;
    for (const std::string& name : inputs_of(metric)) {
      if (enabled_.contains(name)) add(resource_id(project_, "metric", name));
    }
    if (!ids.empty()) return ids;
    for (const Value& measure : measures_of(metric)) {
      const auto model = models_of_measures_.find(value_at(measure.as_dict(), "name").str());
      if (model != models_of_measures_.end()) add(model->second);
    }
    return ids;
  }

  const Project& project_;
  double created_at_;
  std::vector<WrittenResource> metrics_;
  std::map<std::string, const WrittenResource*> enabled_;  // by name
  std::map<std::string, std::string> models_of_measures_;  // unique ids, by the measure's name
};

}  // namespace

std::vector<SemanticResource> metrics_in_manifest(const Project& project, double created_at) {
  return MetricsWriter(project, created_at).write();
}

}  // namespace gsa::dbt
