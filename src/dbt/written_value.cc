#include "dbt/written_value.h"

#include <vector>

#include "dbt/artifact_values.h"

namespace gsa::dbt {

std::optional<Value> written_value(const std::optional<Yaml>& map, std::string_view key) {
  if (!map) return std::nullopt;
  const std::optional<Yaml> found = map->find(key);
  return found ? std::optional(found->value()) : std::nullopt;
}

std::optional<Value> configured_value(const std::optional<Yaml>& map, std::string_view key) {
  if (!map) return std::nullopt;
  const std::optional<Value> inner = written_value(map->find("config"), key);
  return inner ? inner : written_value(map, key);
}

Value value_or(const std::optional<Value>& value, Value otherwise) {
  return value ? as_json_value(*value) : std::move(otherwise);
}

Value with_defaults(const Value& written, const Dict& defaults) {
  if (!written.is_dict()) return {};
  Dict dict;
  for (const auto& [key, otherwise] : defaults.entries()) {
    const Value* own = written.as_dict().find_key(key);
    dict.set(key, own == nullptr || own->is_none() ? otherwise : as_json_value(*own));
  }
  return Value(std::move(dict));
}

std::string rendered_description(const Project& project, const std::optional<Yaml>& map) {
  const std::optional<Yaml> found = map ? map->find("description") : std::nullopt;
  if (!found) return "";
  std::vector<std::string> told;  // undefined names: nothing that is made hangs on this text
  return project.context().render_description(found->string(), found->place(), project.docs(),
                                              told);
}

Value ref_value(const Dependency& call) {
  Dict ref;
  ref.set(Value("name"), Value(call.name));
  ref.set(Value("package"), text_or_null(call.package));
  ref.set(Value("version"), Value());
  return Value(std::move(ref));
}

}  // namespace gsa::dbt
