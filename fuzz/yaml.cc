// Schema files and dbt_project.yml; reads every value in them.

#include "dbt/yaml.h"

#include <map>

#include "base/error.h"
#include "fuzz.h"

namespace {

void walk(const gsa::dbt::Yaml& yaml, int depth) {
  yaml.place();
  if (depth > 100) return;
  if (yaml.is_map()) {
    for (const auto& entry : yaml.entries()) walk(entry.value, depth + 1);
  } else if (yaml.is_list()) {
    for (const auto& item : yaml.items()) walk(item, depth + 1);
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  try {
    const gsa::dbt::ProjectFiles files(
        std::map<std::string, std::string>{{"schema.yml", std::string(input)}});
    const auto yaml = gsa::dbt::Yaml::parse(files, "schema.yml");
    walk(yaml, 0);
    yaml.value();
  } catch (const gsa::Error&) {
  }
}
