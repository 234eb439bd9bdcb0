#pragma once

// The features of a prompt that the rest of the system works with, found in one pass over its
// bytes: how many characters and words it has, and whether a word of it begins with a safety
// keyword. Pure and thread-safe; never allocates; takes any bytes, valid UTF-8 or not.

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
// A safety keyword counts where the expression \b(nude|naked|...) would match the ASCII-lower-cased
// text, \b being RE2's: a boundary between [0-9A-Za-z_] and anything else, every non-ASCII byte
// included. So "anti-gore" and "(bloody" match, "skill" and "_kill" do not.
PromptFeatures features_of(std::string_view prompt) noexcept;

inline constexpr std::array<std::string_view, 13> kSafetyKeywords = {
    "nude",   "naked", "nsfw", "explicit", "gore", "violence", "blood",
    "weapon", "drug",  "kill", "death",    "hate", "racist"};

}  // namespace gsa::prompts
