#include "dbt/manifest_semantic.h"
#include "dbt/written_value.h"

namespace gsa::dbt {
namespace {

Value element_config(const Dict& element, const Dict& model_meta) {
  Dict meta = model_meta;
  const Dict own = map_at(map_at(element, "config"), "meta");
  for (const auto& [key, value] : own.entries()) meta.set(key, value);
  Dict dict;
  dict.set(Value("meta"), Value(std::move(meta)));
  return Value(std::move(dict));
}

Value aggregation_params(const Value& written) {
  const Dict defaults({{Value("percentile"), Value()},
                       {Value("use_discrete_percentile"), Value(false)},
                       {Value("use_approximate_percentile"), Value(false)}});
  return with_defaults(written, defaults);
}

Value non_additive_dimension(const Value& written) {
  const Dict defaults({{Value("name"), Value()},
                       {Value("window_choice"), Value()},
                       {Value("window_groupings"), Value(List())}});
  return with_defaults(written, defaults);
}

Value dimension_params(const Value& written) {
  const Dict defaults({{Value("time_granularity"), Value()}, {Value("validity_params"), Value()}});
  const Dict of_validity({{Value("is_start"), Value(false)}, {Value("is_end"), Value(false)}});
  Value params = with_defaults(written, defaults);
  if (params.is_dict()) {
    const Value validity = value_at(params.as_dict(), "validity_params");
    params.as_dict().set(Value("validity_params"), with_defaults(validity, of_validity));
  }
  return params;
}

class SemanticModelWriter {
 public:
  SemanticModelWriter(const Project& project, double created_at)
      : project_(project), created_at_(created_at) {}

  SemanticResource write(const SemanticModelSpec& spec) {
    const WrittenResource resource = {"semantic_model",       spec.name,      spec.file, spec.place,
                                      json_map(spec.written), spec.configured};
    const Dict& written = resource.written;
    const Dict config = resource_config(resource);
    place_ = spec.place;
    meta_ = map_at(config, "meta");
    Dict dict = resource_head(project_, resource);
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    set("model", value_at(written, "model"));
    std::vector<std::string> depends_on;
    Value relation;
    if (spec.configured.is_enabled) {
      const Node& node = project_.nodes().at(spec.node);
      depends_on.push_back(node.unique_id);
      relation = relation_of(node);
    }
    set("node_relation", relation);
    set("description", description_at(project_, written, place_));
    set("label", value_at(written, "label"));
    const Dict defaults({{Value("agg_time_dimension"), Value()}});
    set("defaults", with_defaults(value_at(written, "defaults"),
                                  Dict({{Value("agg_time_dimension"), Value()}})));
    set("entities", elements(written, "entities", &SemanticModelWriter::entity));
    set("measures", elements(written, "measures", &SemanticModelWriter::measure));
    set("dimensions", elements(written, "dimensions", &SemanticModelWriter::dimension));
    set("refs", Value(List{ref_value({false, spec.ref_package, spec.ref_name, spec.place})}));
    set("config", Value(config));
    set("primary_entity", value_at(written, "primary_entity"));
    return finished_resource(project_, resource, std::move(depends_on), created_at_,
                             std::move(dict));
  }

 private:
  Value relation_of(const Node& node) const {
    Dict dict;
    dict.set(Value("alias"), Value(alias_of(node)));
    dict.set(Value("schema_name"), Value(schema_of(node, project_)));
    dict.set(Value("database"), Value(database_of(node, project_)));
    dict.set(Value("relation_name"), relation_name_of(node, project_));
    return Value(std::move(dict));
  }

  using Write = void (*)(const Dict& written, Dict& dict);

  // What all elements have, then what those of this type have.
  Value elements(const Dict& model, std::string_view key, Write write_own) const {
    List list;
    for (const Value& item : items_at(model, key)) {
      if (!item.is_dict()) continue;
      const Dict& written = item.as_dict();
      Dict dict;
      dict.set(Value("name"), as_text(value_at(written, "name")));
      dict.set(Value("description"), description_at(project_, written, place_));
      dict.set(Value("label"), value_at(written, "label"));
      dict.set(Value("expr"), as_text(value_at(written, "expr")));
      dict.set(Value("config"), element_config(written, meta_));
      write_own(written, dict);
      list.emplace_back(std::move(dict));
    }
    return Value(std::move(list));
  }

  static void entity(const Dict& written, Dict& dict) {
    dict.set(Value("type"), value_at(written, "type"));
    dict.set(Value("role"), value_at(written, "role"));
  }

  static void measure(const Dict& written, Dict& dict) {
    dict.set(Value("agg"), value_at(written, "agg"));
    dict.set(Value("create_metric"), Value(false));  // dbt says so even of one that makes a metric
    dict.set(Value("agg_params"), aggregation_params(value_at(written, "agg_params")));
    dict.set(Value("non_additive_dimension"),
             non_additive_dimension(value_at(written, "non_additive_dimension")));
    dict.set(Value("agg_time_dimension"), value_at(written, "agg_time_dimension"));
  }

  static void dimension(const Dict& written, Dict& dict) {
    dict.set(Value("type"), value_at(written, "type"));
    dict.set(Value("is_partition"), Value(value_at(written, "is_partition").truth()));
    dict.set(Value("type_params"), dimension_params(value_at(written, "type_params")));
    dict.set(Value("metadata"), Value());
  }

  const Project& project_;
  double created_at_;
  Place place_;  // of the one being written
  Dict meta_;    // of the one being written, which its elements have too
};

}  // namespace

std::vector<SemanticResource> semantic_models_in_manifest(const Project& project,
                                                          double created_at) {
  SemanticModelWriter writer(project, created_at);
  std::vector<SemanticResource> models;
  for (const SemanticModelSpec& spec : project.declarations().semantic.models) {
    models.push_back(writer.write(spec));
  }
  for (const SemanticModelSpec& spec : project.declarations().disabled_semantic.models) {
    models.push_back(writer.write(spec));
  }
  return models;
}

}  // namespace gsa::dbt
