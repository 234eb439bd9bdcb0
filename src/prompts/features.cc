#include "prompts/features.h"

#include <bit>
#include <cstddef>
#include <cstring>

#include "prompts/features_block.h"

// Scans text in blocks of 64 bytes. A block becomes three 64-bit masks with a bit per byte: white
// space, word characters of \b, and non-ASCII bytes. A popcount then counts the words, and only the
// starts of words are compared with keywords. The portable code builds masks from eight bytes at a
// time in plain 64-bit arithmetic, so it gives the same result on every little-endian machine.

namespace gsa::prompts {
namespace {

static_assert(std::endian::native == std::endian::little,
              "masks take the first byte as the lowest");

// Length in bytes of the non-ASCII white space at the front of `text`; 0 if there is none.
unsigned foreign_space(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  switch (byte(0)) {
    case 0xC2:
      return byte(1) == 0x85 || byte(1) == 0xA0 ? 2 : 0;  // U+0085, U+00A0
    case 0xE1:
      return byte(1) == 0x9A && byte(2) == 0x80 ? 3 : 0;  // U+1680
    case 0xE2: {
      const unsigned last = byte(2);
      const bool general = byte(1) == 0x80 && ((last >= 0x80 && last <= 0x8A) || last == 0xA8 ||
                                               last == 0xA9 || last == 0xAF);
      return general || (byte(1) == 0x81 && last == 0x9F) ? 3 : 0;
    }
    case 0xE3:
      return byte(1) == 0x80 && byte(2) == 0x80 ? 3 : 0;  // U+3000
    default:
      return 0;
  }
}

constexpr std::size_t kStem = 4;  // every keyword has at least this many bytes
constexpr std::uint32_t kLowerCase = 0x20202020;

constexpr std::uint32_t stem_of(std::string_view keyword) {
  std::uint32_t stem = 0;
  for (std::size_t i = kStem; i-- > 0;) {
    stem = (stem << 8) | static_cast<unsigned char>(keyword[i]);
  }
  return stem;
}

// A perfect hash of the keywords' first four letters. The compiler finds its multiplier.
struct KeywordTable {
  static constexpr int kBits = 6;
  static constexpr std::uint8_t kNone = kSafetyKeywords.size();

  std::uint32_t multiplier = 0x9E3779B1;
  std::array<std::uint32_t, 1 << kBits> stem = {};  // 0: no keyword here
  std::array<std::uint8_t, 1 << kBits> keyword = {};

  constexpr std::size_t slot(std::uint32_t key) const {
    return static_cast<std::uint32_t>(key * multiplier) >> (32 - kBits);
  }
  constexpr bool fill() {
    stem = {};
    for (std::uint8_t k = 0; k < kNone; ++k) {
      const std::uint32_t key = stem_of(kSafetyKeywords[k]);
      if (stem[slot(key)] != 0) {
        return false;
      }
      stem[slot(key)] = key;
      keyword[slot(key)] = k;
    }
    return true;
  }
};

constexpr KeywordTable make_keyword_table() {
  KeywordTable table;
  while (!table.fill()) {
    table.multiplier += 2;
  }
  return table;
}

constexpr KeywordTable kKeywords = make_keyword_table();

// True if `text` begins with a keyword in any case. OR with 0x20 lower-cases letters, and turns no
// other byte into a letter.
bool begins_with_keyword(std::string_view text) {
  if (text.size() < kStem) {
    return false;
  }
  std::uint32_t key;
  std::memcpy(&key, text.data(), kStem);
  key |= kLowerCase;
  const std::size_t slot = kKeywords.slot(key);
  if (kKeywords.stem[slot] != key) {
    return false;
  }
  const std::string_view keyword = kSafetyKeywords[kKeywords.keyword[slot]];
  if (text.size() < keyword.size()) {
    return false;
  }
  for (std::size_t i = kStem; i < keyword.size(); ++i) {
    if ((text[i] | 0x20) != keyword[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

PromptFeatures features_of(std::string_view prompt) noexcept {
  PromptFeatures found{static_cast<std::int32_t>(prompt.size()), 0, false};
  std::uint64_t after_space =
      1;  // the byte before the block is white space, or there is no such byte
  std::uint64_t after_word = 0;     // ... is a word character
  std::uint64_t spilled_space = 0;  // the rest of a UTF-8 sequence that began in the previous block
  for (std::size_t begin = 0; begin < prompt.size(); begin += kBlock) {
    const char* block = prompt.data() + begin;
    char last[kBlock];
    if (prompt.size() - begin < kBlock) {
      std::memset(last, ' ', kBlock);  // this ends the last word and begins none
      std::memcpy(last, block, prompt.size() - begin);
      block = last;
    }
    BlockMasks masks = masks_of(block);
    masks.space |= spilled_space;
    spilled_space = 0;
    if (masks.inner != 0) found.char_count -= std::popcount(masks.inner);
    for (std::uint64_t rest = masks.foreign; rest != 0; rest &= rest - 1) {
      const auto at = static_cast<unsigned>(std::countr_zero(rest));
      const std::uint64_t run = (std::uint64_t{1} << foreign_space(prompt.substr(begin + at))) - 1;
      masks.space |= run << at;
      spilled_space |= at == 0 ? 0 : run >> (kBlock - at);
    }

    const std::uint64_t tokens = ~masks.space & ((masks.space << 1) | after_space);
    found.token_count += std::popcount(tokens);
    after_space = masks.space >> 63;

    if (!found.has_safety_keyword) {
      std::uint64_t starts = masks.word & ~((masks.word << 1) | after_word);
      for (; starts != 0; starts &= starts - 1) {
        const auto at = static_cast<unsigned>(std::countr_zero(starts));
        if (begins_with_keyword(prompt.substr(begin + at))) {
          found.has_safety_keyword = true;
          break;
        }
      }
    }
    after_word = masks.word >> 63;
  }
  return found;
}

}  // namespace gsa::prompts
