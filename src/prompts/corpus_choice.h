#pragma once

// The choices for one prompt: random draws, and phrases that do not repeat what the prompt has
// already said.

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/random.h"
#include "prompts/corpus_vocabulary.h"

namespace gsa::prompts {

class Choice {
 public:
  Choice(RandomStream random, std::uint64_t id)
      : random_(random), id_(id), vocabulary_(Vocabulary::get()) {}

  // Uniform in [0, bound) from 16 bits. For bounds of a few hundred the bias is below 1 %.
  std::uint32_t below(std::uint32_t bound) {
    if (drawn_ == kDrawsPerBlock) {
      block_ = random_.at(id_, next_block_++);
      drawn_ = 0;
    }
    const std::uint32_t half = block_.word[drawn_ / 2] >> (drawn_ % 2 * 16) & 0xffff;
    ++drawn_;
    return half * bound >> 16;
  }
  int between(int least, int most) {
    return least + static_cast<int>(below(static_cast<std::uint32_t>(most - least + 1)));
  }
  bool percent(std::uint32_t chance) { return below(100) < chance; }

  // Chooses a phrase of `list` with at most that many words, and marks it as said. Prefers one that
  // shares no stem with what was said; otherwise takes one with at least one new stem, so never the
  // same phrase again; otherwise returns null.
  const Phrase* phrase(List list, int at_most);

 private:
  static constexpr std::size_t kDrawsPerBlock = 8;

  // Nearly all phrases have at most this many stems. Comparing exactly this many for each phrase
  // saves a branch that no processor can predict.
  static constexpr std::size_t kUsualStems = 4;

  bool all_new(const Phrase& phrase) const;
  bool some_new(const Phrase& phrase) const;
  void say(const Phrase& phrase);
  std::uint64_t said(std::uint16_t stem) const { return said_[stem / 64] >> (stem % 64) & 1; }

  RandomStream random_;
  std::uint64_t id_;
  const Vocabulary& vocabulary_;
  std::uint32_t next_block_ = 0;
  std::size_t drawn_ = kDrawsPerBlock;
  RandomBlock block_ = {};
  std::array<std::uint64_t, kMaxStems / 64> said_ = {};
};

}  // namespace gsa::prompts
