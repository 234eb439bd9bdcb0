// Reads semantic models, metrics and saved queries: what is set for each, and of which model it is.

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "dbt/project_state.h"
#include "dbt/semantic_labels.h"
#include "dbt/useless_settings.h"

namespace gsa::dbt {
namespace {

void add_own(const Dict& config, const Place& place, Settings& settings) {
  for (const auto& [key, value] : config.entries()) settings.set(key.str(), value, place);
}

// `config:` of a map of YAML, each setting with its place.
void add_own(const std::optional<Yaml>& map, Settings& settings) {
  const std::optional<Yaml> config = map ? map->find("config") : std::nullopt;
  if (!config) return;
  for (const Yaml::Entry& entry : config->entries()) {
    settings.set(entry.key, entry.value.value(), entry.place);
  }
}

const Value& nearest_of(const Setting& setting) {
  return setting.nearest.is_none() ? setting.value : setting.nearest;
}

// Tags do not add up here: to dbt they are a key that it does not know.
Dict config_of(const Settings& settings) {
  Dict config;
  for (const auto& [key, setting] : settings.all()) {
    config.set(Value(key), key == "tags" ? nearest_of(setting) : setting.value);
  }
  return config;
}

Dict unrendered_config_of(const Settings& settings) {
  Dict config;
  for (const auto& [key, setting] : settings.all()) config.set(Value(key), nearest_of(setting));
  return config;
}

template <typename Spec>
void split_off_disabled(std::vector<Spec>& specs, std::vector<Spec>& disabled) {
  const auto off = std::stable_partition(
      specs.begin(), specs.end(), [](const Spec& spec) { return spec.configured.is_enabled; });
  std::move(off, specs.end(), std::back_inserter(disabled));
  specs.erase(off, specs.end());
}

// What stands beside `config:` is nearer than dbt_project.yml.
void add_meta(const Settings& farther, Dict& meta) {
  const Setting* found = farther.find("meta");
  if (found == nullptr || !found->value.is_dict()) return;
  Dict all = found->value.as_dict();
  for (const auto& [key, value] : meta.entries()) all.set(key, value);
  meta = std::move(all);
}

}  // namespace

SemanticConfig Project::State::semantic_config_of(std::vector<std::string> fqn,
                                                  const Settings& settings,
                                                  const Settings& unrendered) const {
  SemanticConfig configured;
  configured.is_enabled = is_enabled(settings, files);
  const std::string group = label_config(settings, files).group;
  if (configured.is_enabled && !group.empty()) {
    labeller_->expect_group(group, settings.find("group")->place);
  }
  configured.fqn = std::move(fqn);
  configured.config = config_of(settings);
  configured.unrendered = unrendered_config_of(unrendered);
  return configured;
}

void Project::State::configure_metrics_of(SemanticModelSpec& model) {
  Dict own;
  own.set(Value("enabled"), Value(model.configured.is_enabled));
  const Value* meta = model.configured.config.find("meta");
  own.set(Value("meta"), meta == nullptr ? Value(Dict()) : *meta);
  for (MeasureSpec& measure : model.measures) {
    if (!measure.create_metric) continue;
    const std::vector<std::string> fqn = fqn_of(model.file, measure.name, yml.model_paths);
    Settings settings = metric_tree_.for_node(fqn);
    Settings unrendered = unrendered_metric_tree_.for_node(fqn);
    add_own(own, measure.place, settings);
    add_own(own, measure.place, unrendered);
    measure.of_metric = semantic_config_of(fqn, settings, unrendered);
  }
}

void Project::State::configure_semantic_layer() {
  // As dbt, whose unrendered settings are those of metrics alone.
  const auto configure = [&](auto& spec, const ConfigTree& tree,
                             const ConfigTree& unrendered_tree) {
    const std::vector<std::string> fqn = fqn_of(spec.file, spec.name, yml.model_paths);
    Settings settings = tree.for_node(fqn);
    label_config(settings, files);  // a mistake that nearer settings would hide
    if constexpr (requires { spec.meta; }) add_meta(settings, spec.meta);
    Settings unrendered = unrendered_tree.for_node(fqn);
    add_own(spec.written, settings);
    add_own(spec.written, unrendered);
    spec.configured = semantic_config_of(fqn, settings, unrendered);
  };
  SemanticSpecs& all = declared_.semantic;
  for (SemanticModelSpec& model : all.models) {
    configure(model, semantic_model_tree_, ConfigTree());
    configure_metrics_of(model);
  }
  for (MetricSpec& metric : all.metrics) configure(metric, metric_tree_, unrendered_metric_tree_);
  for (SavedQuerySpec& query : all.saved_queries) {
    configure(query, saved_query_tree_, ConfigTree());
  }
  warn_of_useless_semantic_settings();
  split_off_disabled(all.models, declared_.disabled_semantic.models);
  split_off_disabled(all.metrics, declared_.disabled_semantic.metrics);
  split_off_disabled(all.saved_queries, declared_.disabled_semantic.saved_queries);
  refuse_equal_labels(all, files);
}

void Project::State::warn_of_useless_semantic_settings() {
  std::vector<std::vector<std::string>> semantic_models, metrics, saved_queries;
  for (const SemanticModelSpec& model : declared_.semantic.models) {
    semantic_models.push_back(model.configured.fqn);
    for (const MeasureSpec& measure : model.measures) {
      if (measure.create_metric) metrics.push_back(measure.of_metric.fqn);
    }
  }
  for (const MetricSpec& metric : declared_.semantic.metrics) {
    metrics.push_back(metric.configured.fqn);
  }
  for (const SavedQuerySpec& query : declared_.semantic.saved_queries) {
    saved_queries.push_back(query.configured.fqn);
  }
  warn_of_useless_branches(semantic_model_tree_, semantic_models, warnings);
  warn_of_useless_branches(metric_tree_, metrics, warnings);
  warn_of_useless_branches(saved_query_tree_, saved_queries, warnings);
}

void Project::State::read_semantic_models() {
  const auto refs_of = [&](SemanticModelSpec& spec) {
    std::vector<Dependency> refs;
    Rendering rendering = reading(spec.name, refs);
    context->render_yaml(spec.model, spec.model_place, &rendering);
    if (!refs.empty()) {
      spec.ref_package = refs.front().package;
      spec.ref_name = refs.front().name;
    }
    return refs;
  };
  for (SemanticModelSpec& spec : declared_.disabled_semantic.models) refs_of(spec);
  for (SemanticModelSpec& spec : declared_.semantic.models) {
    const std::vector<Dependency> refs = refs_of(spec);
    const std::vector<std::size_t> read = resolve(nodes, yml.name, disabled_, files, refs);
    if (read.size() != 1) {
      throw files.error_at(spec.model_place,
                           fmt::format("the semantic model '{}' is of no model", spec.name),
                           "write model: ref('NAME')");
    }
    spec.node = read.front();
  }
}

}  // namespace gsa::dbt
