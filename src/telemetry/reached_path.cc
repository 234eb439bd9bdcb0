#include "telemetry/reached_path.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::telemetry {
namespace {

bool is_index(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

Error no_path(std::string_view path) {
  return Error(fmt::format("'{}' is no path", path),
               "such as input.prompt, tags[0], messages[-1].text or nodes.*.text",
               ErrorCode::usage);
}

// Where the first step begins that the source's own paths do not have; npos if there is none.
std::size_t first_special(std::string_view path) {
  bool quoted = false;
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] == '"') quoted = !quoted;
    if (quoted) continue;
    if (path[at] == '[') {
      const std::size_t end = path.find(']', at);
      if (end == std::string_view::npos) throw no_path(path);
      const std::string_view index = path.substr(at + 1, end - at - 1);
      if (index.starts_with('-') && is_index(index.substr(1))) return at;
      if (!is_index(index)) throw no_path(path);
    }
    if (path[at] == '*') return at;
  }
  return std::string_view::npos;
}

}  // namespace

ReachedPath split_path(std::string_view path) {
  const std::size_t special = first_special(path);
  if (special == std::string_view::npos) return {std::string(path), ""};
  std::string_view base = path.substr(0, special);
  if (base.ends_with('.')) base.remove_suffix(1);
  if (base.empty()) throw no_path(path);
  std::string_view rest = path.substr(base.size());
  return {std::string(base), replace_all(rest, "[-", "[#-")};
}

}  // namespace gsa::telemetry
