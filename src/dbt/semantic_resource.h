#pragma once

// What manifest.json says alike of semantic models, metrics and saved queries.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbt/artifact_values.h"

namespace gsa::dbt {

struct WrittenResource {
  std::string type;  // "semantic_model", "metric" or "saved_query"
  std::string name;
  std::string file;
  Place place;
  Dict written;  // its YAML
  SemanticConfig configured;
};

struct SemanticResource {
  std::string unique_id;
  std::string group;  // empty: none
  bool is_enabled = true;
  std::vector<std::string> depends_on;  // unique ids, each once
  Value value;
};

// What a map of YAML says, as JSON can say it; nothing of none.
Dict json_map(const std::optional<Yaml>& map);

// What stands at a key; none, empty or no items where it is absent or null.
Value value_at(const Dict& map, std::string_view key);
Dict map_at(const Dict& map, std::string_view key);
List items_at(const Dict& map, std::string_view key);  // a single value counts as a list of one
// As Python's str(), but nothing stays nothing.
Value as_text(const Value& value);
// {where_filters: [{where_sql_template: …}]}, or null.
Value filter_value(const Value& written);
// The rendered `description`; null where there is none.
Value description_at(const Project& project, const Dict& map, const Place& place);

std::string resource_id(const Project& project, std::string_view type, std::string_view name);
// From `name` to `fqn`.
Dict resource_head(const Project& project, const WrittenResource& resource);
// What every such configuration holds, and `more` of this type, with what the project sets.
Dict resource_config(const WrittenResource& resource, const Dict& more = {});
// Adds what stands last, and makes the whole.
SemanticResource finished_resource(const Project& project, const WrittenResource& resource,
                                   std::vector<std::string> depends_on, double created_at,
                                   Dict dict);

}  // namespace gsa::dbt
