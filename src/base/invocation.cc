#include "base/invocation.h"

#include <filesystem>

#include "base/error.h"

namespace gsa {

std::string Invocation::path(const std::string& typed) const {
  if (folder.empty() || typed.empty() || typed.starts_with('/')) return typed;
  return (std::filesystem::path(folder) / typed).string();
}

void Invocation::stop_if_interrupted() const {
  if (stop.stop_requested()) throw Error("interrupted", "", ErrorCode::interrupted);
}

}  // namespace gsa
