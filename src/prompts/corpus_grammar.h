#pragma once

// How a synthetic prompt is put together.

#include <cstdint>
#include <string>

#include "base/random.h"

namespace gsa::prompts {

// Replaces `out` with a prompt of exactly `words` words (1 to 200), with a word that begins with a
// safety keyword if and only if `keyword`. All choices come from the blocks of `id` in `random`.
void compose(RandomStream random, std::uint64_t id, int words, bool keyword, std::string& out);

}  // namespace gsa::prompts
