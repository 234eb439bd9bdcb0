#include "base/environment.h"

#include <cstdlib>

namespace gsa {

std::optional<std::string> Environment::find(const std::string& name) const {
  if (variables_) {
    const auto found = variables_->find(name);
    return found == variables_->end() ? std::nullopt : std::optional(found->second);
  }
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace gsa
