#include "dbt/semantic_resource.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
Dict json_map(const std::optional<Yaml>& map) {
  return map ? as_json_value(map->value()).as_dict() : Dict();
}

Value value_at(const Dict& map, std::string_view key) {
  const Value* found = map.find(key);
  return found == nullptr ? Value() : *found;
}

Dict map_at(const Dict& map, std::string_view key) {
  const Value found = value_at(map, key);
  return found.is_dict() ? found.as_dict() : Dict();
}

List items_at(const Dict& map, std::string_view key) {
  const Value found = value_at(map, key);
  if (found.is_none()) return {};
  return found.is_sequence() ? found.as_list() : List{found};
}

Value as_text(const Value& value) { return value.is_none() ? Value() : Value(value.str()); }

Value filter_value(const Value& written) {
  if (written.is_none()) return {};
  List filters;
  for (const Value& one : written.is_sequence() ? written.as_list() : List{written}) {
    Dict filter;
    filter.set(Value("where_sql_template"), as_text(one));
    filters.emplace_back(std::move(filter));
  }
  Dict all;
  all.set(Value("where_filters"), Value(std::move(filters)));
  return Value(std::move(all));
}

Value description_at(const Project& project, const Dict& map, const Place& place) {
  const Value written = value_at(map, "description");
  if (written.is_none()) return {};
  std::vector<std::string> told;  // undefined names: the project has told them as it was read
  return Value(project.context().render_description(written.str(), place, project.docs(), told));
}

std::string resource_id(const Project& project, std::string_view type, std::string_view name) {
  return fmt::format("{}.{}.{}", type, project.name(), name);
}

Dict resource_head(const Project& project, const WrittenResource& resource) {
  Dict dict;
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  const std::string path = path_below(resource.file, project.yml().model_paths);
  set("name", Value(resource.name));
  set("resource_type", Value(resource.type));
  set("package_name", Value(project.name()));
  set("path", Value(path));
  set("original_file_path", Value(resource.file));
  set("unique_id", Value(resource_id(project, resource.type, resource.name)));
  set("fqn", list_of_texts(resource.configured.fqn));
  return dict;
}

Dict resource_config(const WrittenResource& resource, const Dict& more) {
  Dict config;
  config.set(Value("group"), Value());
  config.set(Value("meta"), Value(Dict()));
  for (const auto& [key, value] : more.entries()) config.set(key, value);
  const Dict set = as_json_value(Value(resource.configured.config)).as_dict();
  for (const auto& [key, value] : set.entries()) {
    if (!value.is_none()) config.set(key, value);
  }
  config.set(Value("enabled"), Value(resource.configured.is_enabled));
  return config;
}

SemanticResource finished_resource(const Project& project, const WrittenResource& resource,
                                   std::vector<std::string> depends_on, double created_at,
                                   Dict dict) {
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  const Value group = value_at(resource.configured.config, "group");
  Dict depends;
  depends.set(Value("macros"), Value(List()));
  depends.set(Value("nodes"), list_of_texts(depends_on));
  set("unrendered_config", as_json_value(Value(resource.configured.unrendered)));
  set("metadata", Value());
  set("group", group);
  set("depends_on", Value(std::move(depends)));
  set("created_at", Value(created_at));
  return {resource_id(project, resource.type, resource.name), group.is_none() ? "" : group.str(),
          resource.configured.is_enabled, std::move(depends_on), Value(std::move(dict))};
}

}  // namespace gsa::dbt
