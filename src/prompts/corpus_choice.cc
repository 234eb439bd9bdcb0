#include "prompts/corpus_choice.h"

#include <algorithm>

namespace gsa::prompts {
namespace {

// The first fitting phrase among the first `count`, searched cyclically from `begin`.
template <typename Fits>
const Phrase* first_fitting(const PhraseList& list, std::uint32_t count, std::uint32_t begin,
                            Fits fits) {
  std::uint32_t at = begin;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (fits(list.phrases[at])) {
      return &list.phrases[at];
    }
    at = at + 1 == count ? 0 : at + 1;
  }
  return nullptr;
}

}  // namespace

bool Choice::all_new(const Phrase& phrase) const {
  std::uint64_t any = 0;
  for (std::size_t i = 0; i < kUsualStems; ++i) {
    any |= said(phrase.stem[i]);
  }
  for (std::size_t i = kUsualStems; i < phrase.stem_count; ++i) {
    any |= said(phrase.stem[i]);
  }
  return any == 0;
}

bool Choice::some_new(const Phrase& phrase) const {
  return std::any_of(phrase.stem.begin(), phrase.stem.end(),
                     [this](std::uint16_t stem) { return said(stem) == 0; });
}

void Choice::say(const Phrase& phrase) {
  for (std::size_t i = 0; i < kUsualStems; ++i) {
    said_[phrase.stem[i] / 64] |= std::uint64_t{1} << (phrase.stem[i] % 64);
  }
  for (std::size_t i = kUsualStems; i < phrase.stem_count; ++i) {
    said_[phrase.stem[i] / 64] |= std::uint64_t{1} << (phrase.stem[i] % 64);
  }
}

const Phrase* Choice::phrase(List list, int at_most) {
  const PhraseList& from = vocabulary_[list];
  const std::uint32_t count =
      from.at_most[static_cast<std::size_t>(std::clamp(at_most, 0, int{kMaxPhraseWords}))];
  if (count == 0) {
    return nullptr;
  }
  const std::uint32_t begin = below(count);
  const Phrase* found =
      first_fitting(from, count, begin, [this](const Phrase& one) { return all_new(one); });
  if (found == nullptr) {
    found = first_fitting(from, count, begin, [this](const Phrase& one) { return some_new(one); });
  }
  if (found != nullptr) {
    say(*found);
  }
  return found;
}

}  // namespace gsa::prompts
