#pragma once

// A hash that stays the same: in every run, on every machine, in every version.

#include <cstdint>
#include <string_view>

namespace gsa {

// XXH3, 64 bits. Of n different texts two share a value with a chance of about n² / 2^65: 1e-5 for
// 14 million.
std::uint64_t stable_hash(std::string_view text);

}  // namespace gsa
