#pragma once

// The parsed word lists of the corpus: how many words each phrase has, and which stems. With these,
// a prompt can fit phrases to its word count and avoid repeating itself. Built once per process,
// immutable afterwards; any thread may read it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "prompts/corpus_words.h"

namespace gsa::prompts {

inline constexpr std::size_t kMaxPhraseWords = 10;
inline constexpr std::size_t kMaxPhraseStems = 8;
// Stems of the whole vocabulary. A prompt keeps its set of stems in 384 bytes.
inline constexpr std::size_t kMaxStems = 3072;

struct Phrase {
  std::string_view text;
  std::uint8_t words = 0;
  bool takes_an = false;  // takes "an" rather than "a"
  std::uint8_t stem_count = 0;
  // Numbers of the phrase's content words, each cut to its first five letters: "light", "lights"
  // and "lighting" are one stem. Articles, prepositions and the like have none. Never empty.
  // Elements from stem_count on repeat the first, so that a loop may compare a fixed number.
  std::array<std::uint16_t, kMaxPhraseStems> stem = {};
};

struct PhraseList {
  std::vector<Phrase> phrases;  // by number of words
  // How many phrases have at most that many words.
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
