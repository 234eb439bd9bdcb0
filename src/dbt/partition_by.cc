#include "dbt/partition_by.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {

PartitionBy read_partition_by(const Setting& setting, const ProjectFiles& files) {
  static const std::vector<std::string> kKeys = {"field", "granularity"};
  const auto refuse = [&](const std::string& what, const std::string& hint) {
    throw files.error_at(setting.place, what, hint);
  };
  constexpr const char* kExample = "for example {field: session_date, granularity: month}";
  if (!setting.value.is_dict()) {
    refuse(fmt::format("'partition_by' takes a map of keys to values, not {}",
                       setting.value.type_name()),
           kExample);
  }
  const Dict& map = setting.value.as_dict();
  for (const auto& [key, value] : map.entries()) {
    if (std::find(kKeys.begin(), kKeys.end(), key.str()) != kKeys.end()) continue;
    std::string hint = did_you_mean(key.str(), kKeys);
    if (hint.empty()) hint = kExample;
    refuse(fmt::format("unknown key '{}' in 'partition_by'", key.str()), hint);
  }
  const Value* field = map.find("field");
  if (field == nullptr || !field->is_string() || field->as_string().empty()) {
    refuse("'partition_by' needs the field, a column of the model", kExample);
  }
  const Value* granularity = map.find("granularity");
  if (granularity == nullptr || !granularity->is_string() || granularity->as_string() != "month") {
    refuse("the granularity of 'partition_by' can only be month", kExample);
  }
  return {field->as_string()};
}

}  // namespace gsa::dbt
