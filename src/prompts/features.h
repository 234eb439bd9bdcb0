#pragma once

// Features of a prompt that the rest of the system uses, computed in one pass over its bytes: the
// numbers of characters and words, and whether a word begins with a safety keyword. Pure and
// thread-safe; never allocates; accepts any bytes, valid UTF-8 or not.

#include <array>
#include <cstdint>
#include <string_view>

namespace gsa::prompts {

struct PromptFeatures {
  std::int32_t char_count;   // code points of UTF-8, as SQL's length() counts
  std::int32_t token_count;  // words separated by white space
  bool has_safety_keyword;
};

// White space is Unicode's White_Space property: ASCII's six, and in UTF-8 U+0085, U+00A0, U+1680,
// U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F and U+3000.
//
// A safety keyword counts if the expression \b(nude|naked|...) would match the text in ASCII lower
// case. \b is RE2's: a boundary between [0-9A-Za-z_] and anything else, every non-ASCII byte
// included. So "anti-gore" and "(bloody" match, "skill" and "_kill" do not.
PromptFeatures features_of(std::string_view prompt) noexcept;

inline constexpr std::array<std::string_view, 13> kSafetyKeywords = {
    "nude",   "naked", "nsfw", "explicit", "gore", "violence", "blood",
    "weapon", "drug",  "kill", "death",    "hate", "racist"};

}  // namespace gsa::prompts
