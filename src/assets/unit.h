#pragma once

// The unit of work: an asset, or one partition of it.

#include <compare>
#include <map>
#include <string>

namespace gsa::assets {

struct Unit {
  std::string asset;
  std::string partition;  // empty: the asset is not partitioned
  auto operator<=>(const Unit&) const = default;
};
std::string to_string(const Unit& unit);  // "fct_sessions", "raw_prompts[2025-12]"

// Data versions by asset name.
using Versions = std::map<std::string, std::string>;

}  // namespace gsa::assets
