#include "dbt/yaml_entry.h"

#include <optional>

#include <fmt/format.h>

namespace gsa::dbt {

std::string entry_name(const Yaml& map, std::string_view what) {
  if (!map.is_map()) throw map.error(fmt::format("a {} is a map with a name", what));
  const std::optional<Yaml> name = map.find("name");
  if (!name) throw map.error(fmt::format("this {} has no name", what));
  return name->string();
}

void read_description(const Yaml& map, std::string& text, Place& place) {
  const std::optional<Yaml> description = map.find("description");
  if (!description) return;
  text = description->string();
  place = description->place();
}

}  // namespace gsa::dbt
