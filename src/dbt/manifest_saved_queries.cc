#include <algorithm>
#include <set>

#include "dbt/manifest_semantic.h"

namespace gsa::dbt {
namespace {

class SavedQueryWriter {
 public:
  SavedQueryWriter(const Project& project, const std::vector<SemanticResource>& metrics,
                   double created_at)
      : project_(project), created_at_(created_at) {
    for (const SemanticResource& metric : metrics) metric_ids_.insert(metric.unique_id);
  }

  SemanticResource write(const SavedQuerySpec& spec) const {
    const WrittenResource query = {"saved_query",          spec.name,      spec.file, spec.place,
                                   json_map(spec.written), spec.configured};
    Dict cache;
    cache.set(Value("enabled"), Value(false));
    const Dict config = resource_config(query, Dict({{Value("export_as"), Value()},
                                                     {Value("schema"), Value()},
                                                     {Value("cache"), Value(std::move(cache))}}));
    Dict dict = resource_head(project_, query);
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    set("query_params", params_of(map_at(query.written, "query_params")));
    List exports;
    for (const Value& item : items_at(query.written, "exports")) {
      if (item.is_dict()) exports.push_back(export_of(item.as_dict(), config));
    }
    set("exports", Value(std::move(exports)));
    set("description", description_at(project_, query.written, query.place));
    set("label", value_at(query.written, "label"));
    set("config", Value(config));
    set("refs", Value(List()));
    set("tags", tags_of(query));
    return finished_resource(project_, query, depends_on(spec), created_at_, std::move(dict));
  }

 private:
  static Value params_of(const Dict& written) {
    Dict dict;
    for (const char* key : {"metrics", "group_by", "order_by"}) {
      dict.set(Value(key), Value(items_at(written, key)));
    }
    dict.set(Value("where"), filter_value(value_at(written, "where")));
    dict.set(Value("limit"), value_at(written, "limit"));
    return Value(std::move(dict));
  }

  // What an export does not say is as in the query's configuration, or as for models.
  Value export_of(const Dict& written, const Dict& query_config) const {
    const Dict own = map_at(written, "config");
    const auto first_of = [](std::initializer_list<Value> values) {
      const auto* const found = std::find_if(values.begin(), values.end(),
                                             [](const Value& value) { return value.truth(); });
      return found == values.end() ? Value() : *found;
    };
    Dict config;
    config.set(Value("export_as"),
               first_of({value_at(own, "export_as"), value_at(query_config, "export_as")}));
    config.set(Value("schema_name"),
               first_of({value_at(own, "schema_name"), value_at(own, "schema"),
                         value_at(query_config, "schema"), Value(project_.target().schema)}));
    config.set(Value("alias"), first_of({value_at(own, "alias"), value_at(written, "name")}));
    config.set(Value("database"),
               first_of({value_at(own, "database"), Value(project_.target().database)}));
    Dict dict;
    dict.set(Value("name"), value_at(written, "name"));
    dict.set(Value("config"), Value(std::move(config)));
    dict.set(Value("unrendered_config"), Value(own));
    return Value(std::move(dict));
  }

  // Those beside the configuration and in it, sorted.
  static Value tags_of(const WrittenResource& query) {
    std::vector<std::string> tags;
    for (const Dict& from : {query.written, query.configured.config}) {
      for (const Value& tag : items_at(from, "tags")) tags.push_back(tag.str());
    }
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    return list_of_texts(tags);
  }

  std::vector<std::string> depends_on(const SavedQuerySpec& spec) const {
    std::vector<std::string> ids;
    for (const std::string& metric : spec.metrics) {
      const std::string id = resource_id(project_, "metric", metric);
      const bool is_new = std::find(ids.begin(), ids.end(), id) == ids.end();
      if (spec.configured.is_enabled && is_new && metric_ids_.contains(id)) ids.push_back(id);
    }
    return ids;
  }

  const Project& project_;
  double created_at_;
  std::set<std::string> metric_ids_;
};

}  // namespace

std::vector<SemanticResource> saved_queries_in_manifest(
    const Project& project, const std::vector<SemanticResource>& metrics, double created_at) {
  const SavedQueryWriter writer(project, metrics, created_at);
  std::vector<SemanticResource> queries;
  for (const SavedQuerySpec& spec : project.declarations().semantic.saved_queries) {
    queries.push_back(writer.write(spec));
  }
  for (const SavedQuerySpec& spec : project.declarations().disabled_semantic.saved_queries) {
    queries.push_back(writer.write(spec));
  }
  return queries;
}

}  // namespace gsa::dbt
