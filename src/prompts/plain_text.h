#pragma once

// Finds the end of text that a reader need not look at, eight bytes a step. The tests of a word are
// those of Sean Eron Anderson, "Bit Twiddling Hacks": "Determine if a word has a byte less than n"
// and "… equal to n". A borrow may mark bytes above the first that fits, but never one below it.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gsa::prompts {

inline constexpr std::uint64_t kEachByte = 0x0101010101010101;
inline constexpr std::uint64_t kEachHighBit = 0x8080808080808080;

// Marks the high bit of bytes below `limit`, which is at most 0x80; exact for the first of them.
constexpr std::uint64_t bytes_below(std::uint64_t word, std::uint8_t limit) {
  return (word - kEachByte * limit) & ~word & kEachHighBit;
}

constexpr std::uint64_t bytes_equal(std::uint64_t word, std::uint8_t byte) {
  return bytes_below(word ^ (kEachByte * byte), 1);
}

// The first byte of [at, end) that `is_special` says is one; `end` if none is. `marks` marks the
// same bytes of a word.
template <typename Marks, typename IsSpecial>
inline const char* find_special(const char* at, const char* end, const Marks& marks,
                                const IsSpecial& is_special) {
  if constexpr (std::endian::native == std::endian::little) {
    std::uint64_t word = 0;
    for (; end - at >= static_cast<std::ptrdiff_t>(sizeof word); at += sizeof word) {
      std::memcpy(&word, at, sizeof word);
      if (const std::uint64_t found = marks(word); found != 0)
        return at + std::countr_zero(found) / 8;
    }
  }
  while (at != end && !is_special(*at)) ++at;
  return at;
}

// The end of a run of characters that stand for themselves in a string of JSON.
inline const char* end_of_json_text(const char* at, const char* end) {
  return find_special(
      at, end,
      [](std::uint64_t word) {
        return bytes_below(word, 0x20) | bytes_equal(word, '"') | bytes_equal(word, '\\');
      },
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; });
}

// The end of a run of characters that belong to an unquoted field of CSV.
inline const char* end_of_csv_text(const char* at, const char* end, char delimiter) {
  return find_special(
      at, end,
      [&](std::uint64_t word) {
        return bytes_equal(word, static_cast<std::uint8_t>(delimiter)) | bytes_equal(word, '\n') |
               bytes_equal(word, '\r');
      },
      [&](char c) { return c == delimiter || c == '\n' || c == '\r'; });
}

}  // namespace gsa::prompts
