#include "base/hash.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace gsa {

std::uint64_t stable_hash(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

std::optional<std::uint64_t> stable_hash_of_file(const std::filesystem::path& path,
                                                 std::int64_t bytes) {
  constexpr std::int64_t kBlock = 1 << 20;
  std::ifstream file(path, std::ios::binary);
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       &XXH3_freeState);
  XXH3_64bits_reset(state.get());
  std::vector<char> block(static_cast<std::size_t>(std::clamp<std::int64_t>(bytes, 1, kBlock)));
  while (bytes > 0) {
    const auto wanted = std::min<std::int64_t>(bytes, kBlock);
    if (!file.read(block.data(), wanted)) return std::nullopt;
    XXH3_64bits_update(state.get(), block.data(), static_cast<std::size_t>(wanted));
    bytes -= wanted;
  }
  if (!file) return std::nullopt;
  return XXH3_64bits_digest(state.get());
}

}  // namespace gsa
