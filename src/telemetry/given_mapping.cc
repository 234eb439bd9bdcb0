#include "telemetry/given_mapping.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace gsa::telemetry {

Mapping GivenMapping::applied_to(const Mapping& found) const {
  Mapping mapping = of_file ? *of_file : found;
  for (const std::string& option : options) apply_option(mapping, option);
  const auto user = mapping.signals.find(Signal::user);
  if (hash_users && user != mapping.signals.end()) user->second.hash = true;
  return mapping;
}

std::string GivenMapping::text() const {
  return (of_file ? write_mapping(*of_file) : "") + join(options, "\n") +
         (hash_users ? "\nhash users" : "");
}

GivenMapping read_given_mapping(const std::vector<std::string>& maps,
                                const Invocation& invocation) {
  GivenMapping given;
  for (const std::string& map : maps) {
    if (!map.ends_with(".yml") && !map.ends_with(".yaml")) {
      given.options.push_back(map);
      continue;
    }
    if (given.of_file) throw Error("--map takes one file", "", ErrorCode::usage);
    given.of_file = read_mapping(map, read_file(invocation.path(map)));
  }
  given.applied_to({});  // a wrong option is told before anything is read
  return given;
}

}  // namespace gsa::telemetry
