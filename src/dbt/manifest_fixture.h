#pragma once

// Manifests of small projects, read back, for the tests of this folder.

#include <chrono>
#include <string>
#include <vector>

#include "dbt/manifest_json.h"
#include "dbt/project_fixture.h"
#include "dbt/yaml.h"

namespace gsa::dbt {

// A run at a time of which the goldens know.
inline ArtifactRun run() {
  const std::chrono::system_clock::time_point began{std::chrono::milliseconds(1'767'225'600'250)};
  return {"00000000-0000-4000-a000-000000000000", began, began + std::chrono::seconds(2)};
}

// Any JSON is YAML.
inline Dict read(const std::string& json) {
  const ProjectFiles files(Files{{"written.json", json}});
  return Yaml::parse(files, "written.json").value().as_dict();
}

inline Dict manifest(const Project& project) { return read(manifest_json(project, run(), {})); }

// The value below keys.
inline Value at(const Dict& dict, const std::vector<std::string>& path) {
  Value value(dict);
  for (const std::string& key : path) {
    const Value* found = value.is_dict() ? value.as_dict().find(key) : nullptr;
    if (found == nullptr) return Value("no " + key);
    value = *found;
  }
  return value;
}

inline std::vector<std::string> keys(const Dict& dict, const std::vector<std::string>& path) {
  return at(dict, path).as_dict().names();
}

}  // namespace gsa::dbt
