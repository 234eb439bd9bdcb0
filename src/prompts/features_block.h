#pragma once

// Classifies 64 bytes of text into masks with a bit per byte; the first byte is the lowest bit.
// There are two implementations: SSE2, which every x86-64 has, and plain 64-bit arithmetic. A test
// checks that they agree on every input.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gsa::prompts {

static_assert(std::endian::native == std::endian::little, "the first byte is taken as the lowest");

inline constexpr std::size_t kBlock = 64;

struct BlockMasks {
  std::uint64_t space = 0;    // ASCII white space
  std::uint64_t word = 0;     // [0-9A-Za-z_]
  std::uint64_t foreign = 0;  // not ASCII
  std::uint64_t inner = 0;    // the non-ASCII bytes that do not begin a UTF-8 character

  bool operator==(const BlockMasks&) const = default;
};

namespace portable {

// Eight bytes in a 64-bit number; the high bit of a byte holds its answer.
inline constexpr std::uint64_t kHigh = 0x8080808080808080;

constexpr std::uint64_t every(std::uint64_t byte) { return byte * 0x0101010101010101; }

// The bytes of `low` (all below 0x80) that are in [least, most]. The sums stay below 0x100, so no
// byte carries into the next. Only the high bits of the result are meaningful.
constexpr std::uint64_t within(std::uint64_t low, std::uint64_t least, std::uint64_t most) {
  return (low + every(0x80 - least)) & ~(low + every(0x7f - most));
}

// Packs eight high bits into a byte.
constexpr std::uint64_t gather(std::uint64_t high) {
  return (((high & kHigh) >> 7) * 0x0102040810204080) >> 56;
}

inline BlockMasks masks_of(const char* block) {
  BlockMasks masks;
  for (unsigned i = 0; i < kBlock; i += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, block + i, 8);
    const std::uint64_t low = bytes & ~kHigh;
    const std::uint64_t space = within(low, '\t', '\r') | within(low, ' ', ' ');
    const std::uint64_t word =
        within(low | every(0x20), 'a', 'z') | within(low, '0', '9') | within(low, '_', '_');
    masks.space |= gather(space & ~bytes) << i;
    masks.word |= gather(word & ~bytes) << i;
    masks.foreign |= gather(bytes) << i;
    masks.inner |= gather(bytes & ~(bytes << 1)) << i;
  }
  return masks;
}

}  // namespace portable

#ifdef __SSE2__

inline BlockMasks masks_of(const char* block) {
  // The comparison is signed: non-ASCII bytes are negative, so they are in no range.
  const auto within = [](__m128i bytes, char least, char most) {
    return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(static_cast<char>(least - 1))),
                         _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(most + 1))));
  };
  const auto bits = [](__m128i bytes) {
    return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(bytes))};
  };
  BlockMasks masks;
  for (unsigned i = 0; i < kBlock; i += 16) {
    __m128i bytes;
    std::memcpy(&bytes, block + i, sizeof(bytes));
    const __m128i space =
        _mm_or_si128(within(bytes, '\t', '\r'), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')));
    const __m128i letter = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i word = _mm_or_si128(
        letter, _mm_or_si128(within(bytes, '0', '9'), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_'))));
    masks.space |= bits(space) << i;
    masks.word |= bits(word) << i;
    masks.foreign |= bits(bytes) << i;
    masks.inner |= bits(_mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(0xC0)))) << i;
  }
  return masks;
}

#else

inline BlockMasks masks_of(const char* block) { return portable::masks_of(block); }

#endif

}  // namespace gsa::prompts
