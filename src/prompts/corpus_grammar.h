#pragma once

// Composes a synthetic prompt.

#include <cstdint>
#include <string>

#include "base/random.h"

namespace gsa::prompts {

// Replaces `out` with a prompt of exactly `words` words (1 to 200). One of them begins with a
// safety keyword if and only if `keyword`. All random choices come from the blocks of `id` in
// `random`.
void compose(RandomStream random, std::uint64_t id, int words, bool keyword, std::string& out);

}  // namespace gsa::prompts
