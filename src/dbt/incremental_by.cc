#include "dbt/incremental_by.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

class IncrementalByReader {
 public:
  IncrementalByReader(const Setting& setting, const ProjectFiles& files)
      : setting_(setting), files_(files) {}

  IncrementalBy read() const {
    const Value& value = setting_.value;
    if (value.is_string()) {
      if (value.as_string().empty()) refuse("'incremental_by' needs a column");
      return {value.as_string()};
    }
    const Dict& map = map_of(value, "incremental_by", {"field", "groups"});
    IncrementalBy by{column_of(map, "incremental_by", "field")};
    if (const Value* groups = map.find("groups")) by.groups = read_groups(*groups);
    return by;
  }

 private:
  IncrementalBy::Groups read_groups(const Value& value) const {
    const Dict& map = map_of(value, "groups", {"field", "of", "time", "minutes", "key"});
    IncrementalBy::Groups groups;
    groups.field = column_of(map, "groups", "field");
    groups.of = column_of(map, "groups", "of");
    groups.time = column_of(map, "groups", "time");
    if (map.find("key") != nullptr) groups.key = column_of(map, "groups", "key");
    const Value* minutes = map.find("minutes");
    if (minutes == nullptr || !minutes->is_integer() || minutes->as_integer() < 0) {
      refuse("'minutes' in 'groups' takes a whole number from 0");
    }
    groups.minutes = minutes->as_integer();
    return groups;
  }

  const Dict& map_of(const Value& value, const char* name,
                     const std::vector<std::string>& keys) const {
    if (!value.is_dict()) {
      refuse(fmt::format("'{}' takes a map of keys to values, not {}", name, value.type_name()));
    }
    for (const auto& [key, unused] : value.as_dict().entries()) {
      if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
      refuse(fmt::format("unknown key '{}' in '{}'", key.str(), name),
             did_you_mean(key.str(), keys));
    }
    return value.as_dict();
  }

  std::string column_of(const Dict& map, const char* name, const char* key) const {
    const Value* value = map.find(key);
    if (value == nullptr || !value->is_string() || value->as_string().empty()) {
      refuse(fmt::format("'{}' needs '{}', a column of the model", name, key));
    }
    return value->as_string();
  }

  [[noreturn]] void refuse(const std::string& what, const std::string& hint = "") const {
    throw files_.error_at(setting_.place, what,
                          hint.empty() ? "for example incremental_by: user_id, or {field: "
                                         "generation_id, groups: {field: session_id, of: user_id, "
                                         "time: generated_at, minutes: 30}}"
                                       : hint);
  }

  const Setting& setting_;
  const ProjectFiles& files_;
};

}  // namespace

IncrementalBy read_incremental_by(const Setting& setting, const ProjectFiles& files) {
  return IncrementalByReader(setting, files).read();
}

}  // namespace gsa::dbt
