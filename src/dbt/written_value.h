#pragma once

// Parts of YAML as they are written, for manifest.json: what the project itself has no use for.

#include <optional>
#include <string>
#include <string_view>

#include "dbt/project.h"

namespace gsa::dbt {

// What stands at `key` of the map; nothing where it is absent or null.
std::optional<Value> written_value(const std::optional<Yaml>& map, std::string_view key);
// The same beside `config:` or in it, which wins.
std::optional<Value> configured_value(const std::optional<Yaml>& map, std::string_view key);
// As JSON can say it.
Value value_or(const std::optional<Value>& value, Value otherwise);
// A map of those keys that have a default, with what is written of them; null where no map is.
Value with_defaults(const Value& written, const Dict& defaults);
// `description`, with its templates rendered; "" where there is none.
std::string rendered_description(const Project& project, const std::optional<Yaml>& map);
// A ref() call: {name, package, version}.
Value ref_value(const Dependency& call);

}  // namespace gsa::dbt
