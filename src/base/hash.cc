#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace gsa {

std::uint64_t stable_hash(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

}  // namespace gsa
