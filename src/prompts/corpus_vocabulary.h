#pragma once

// The word lists of the corpus, taken apart once per process: how many words each phrase has, and
// which stems, so that a prompt can fit phrases to a word count and need not say a thing twice.
// Immutable after construction; any thread may read it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "prompts/corpus_words.h"

namespace gsa::prompts {

inline constexpr std::size_t kMaxPhraseWords = 10;
inline constexpr std::size_t kMaxPhraseStems = 8;
// Of the whole vocabulary: the set of stems of a prompt is 384 bytes.
inline constexpr std::size_t kMaxStems = 3072;

struct Phrase {
  std::string_view text;
  std::uint8_t words = 0;
  bool takes_an = false;  // "an" rather than "a" goes before it
  std::uint8_t stem_count = 0;
  // Numbers of the phrase's content words, each cut to its first five letters: "light", "lights"
  // and "lighting" are one stem. Articles, prepositions and the like have none. Never empty; the
  // places from stem_count on repeat the first, so that a fixed number of them can be looked at.
  std::array<std::uint16_t, kMaxPhraseStems> stem = {};
};

struct PhraseList {
  std::vector<Phrase> phrases;  // by number of words
  // How many of them have at most that many words.
  std::array<std::uint16_t, kMaxPhraseWords + 1> at_most = {};
};

class Vocabulary {
 public:
  static const Vocabulary& get();

  const PhraseList& operator[](List list) const { return lists_[static_cast<std::size_t>(list)]; }

 private:
  Vocabulary();

  std::array<PhraseList, kListCount> lists_;
};

}  // namespace gsa::prompts
