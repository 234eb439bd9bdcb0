#include "dbt/semantic_resource.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

// dbt renders these later, or leaves them to the reader. Below `config` and `meta` the same names
// mean nothing.
bool is_rendered_late(const std::string& key) {
  return key == "description" || key == "filter" || key == "where";
}

Value rendered_but_late(const Project& project, const Value& value, const Place& place) {
  if (value.is_sequence()) {
    List items;
    for (const Value& item : value.as_list()) {
      items.push_back(rendered_but_late(project, item, place));
    }
    return Value(std::move(items));
  }
  if (!value.is_dict()) return project.context().render_yaml(value, place);
  Dict dict;
  for (const auto& [key, item] : value.as_dict().entries()) {
    const std::string name = key.str();
    if (is_rendered_late(name)) {
      dict.set(key, item);
    } else if (name == "config" || name == "meta") {
      dict.set(key, project.context().render_yaml(item, place));
    } else {
      dict.set(key, rendered_but_late(project, item, place));
    }
  }
  return Value(std::move(dict));
}

}  // namespace

Dict rendered_map(const Project& project, const Yaml& map) {
  return as_json_value(rendered_but_late(project, map.value(), map.place())).as_dict();
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
  std::vector<std::string> fqn = split(path, '/');
  fqn.back() = resource.name;
  fqn.insert(fqn.begin(), project.name());
  set("name", Value(resource.name));
  set("resource_type", Value(resource.type));
  set("package_name", Value(project.name()));
  set("path", Value(path));
  set("original_file_path", Value(resource.file));
  set("unique_id", Value(resource_id(project, resource.type, resource.name)));
  set("fqn", list_of_texts(fqn));
  return dict;
}

Dict resource_config(const WrittenResource& resource, const Dict& more) {
  Dict config;
  config.set(Value("enabled"), Value(resource.is_enabled));
  config.set(Value("group"), Value());
  config.set(Value("meta"), Value(Dict()));
  for (const auto& [key, value] : more.entries()) config.set(key, value);
  const Dict written = map_at(resource.written, "config");
  for (const auto& [key, value] : written.entries()) {
    if (!value.is_none()) config.set(key, value);
  }
  return config;
}

SemanticResource finished_resource(const Project& project, const WrittenResource& resource,
                                   std::vector<std::string> depends_on, double created_at,
                                   Dict dict) {
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  const Value group = value_at(map_at(resource.written, "config"), "group");
  Dict depends;
  depends.set(Value("macros"), Value(List()));
  depends.set(Value("nodes"), list_of_texts(depends_on));
  set("unrendered_config", Value(map_at(resource.written, "config")));
  set("metadata", Value());
  set("group", group);
  set("depends_on", Value(std::move(depends)));
  set("created_at", Value(created_at));
  return {resource_id(project, resource.type, resource.name), group.is_none() ? "" : group.str(),
          resource.is_enabled, std::move(depends_on), Value(std::move(dict))};
}

}  // namespace gsa::dbt
