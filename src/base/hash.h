#pragma once

// A hash that stays the same: in every run, on every machine, in every version.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace gsa {

// XXH3, 64 bits. Of n different texts two share a value with a chance of about n² / 2^65: 1e-5 for
// 14 million.
std::uint64_t stable_hash(std::string_view text);

// Of the first bytes of a file; null if it has fewer, or cannot be read.
std::optional<std::uint64_t> stable_hash_of_file(const std::filesystem::path& path,
                                                 std::int64_t bytes);

}  // namespace gsa
