#include "base/environment.h"

#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace gsa {

std::optional<std::string> Environment::find(const std::string& name) const {
  if (variables_) {
    const auto found = variables_->find(name);
    return found == variables_->end() ? std::nullopt : std::optional(found->second);
  }
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::map<std::string, std::string> Environment::with_prefix(const std::string& prefix) const {
  std::map<std::string, std::string> found;
  if (variables_) {
    for (auto at = variables_->lower_bound(prefix);
         at != variables_->end() && at->first.starts_with(prefix); ++at) {
      found.insert(*at);
    }
    return found;
  }
  for (char** at = ::environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry = *at;
    const std::size_t end = entry.find('=');
    if (end == std::string_view::npos || !entry.starts_with(prefix)) continue;
    found.emplace(entry.substr(0, end), entry.substr(end + 1));
  }
  return found;
}

}  // namespace gsa
