#include "prompts/corpus_vocabulary.h"

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"

namespace gsa::prompts {
namespace {

constexpr std::size_t kStemLetters = 5;

using StemNumbers = std::unordered_map<std::string, std::uint16_t>;

bool is_content(const std::string& word) {
  static const std::unordered_set<std::string> kFunctionWords = {
      "a",     "an",   "the",   "of",    "in",    "on",     "at",      "by",    "to",     "with",
      "from",  "over", "under", "into",  "for",   "as",     "its",     "and",   "or",     "not",
      "no",    "is",   "it",    "out",   "up",    "off",    "through", "above", "inside", "behind",
      "among", "near", "their", "there", "after", "before", "against", "be",    "one",    "during"};
  return !word.empty() && !kFunctionWords.contains(word);
}

// True if spoken English says "an" before the text.
bool takes_an(std::string_view text) {
  const std::string lower = to_lower(text.substr(0, 4));
  if (lower.starts_with("uni") || lower.starts_with("one") || lower.starts_with("eu")) {
    return false;
  }
  return lower == "hour" || lower.find_first_of("aeiou") == 0;
}

void add_stem(Phrase& phrase, const std::string& word, StemNumbers& numbers) {
  if (!is_content(word)) {
    return;
  }
  const auto next = static_cast<std::uint16_t>(numbers.size());
  const std::uint16_t number = numbers.emplace(word.substr(0, kStemLetters), next).first->second;
  check(number < kMaxStems, "the corpus has more stems than kMaxStems");
  const auto end = phrase.stem.begin() + phrase.stem_count;
  if (std::find(phrase.stem.begin(), end, number) == end) {
    check(phrase.stem_count < phrase.stem.size(), "a phrase of the corpus has too many stems");
    phrase.stem[phrase.stem_count++] = number;
  }
}

Phrase make_phrase(std::string_view text, StemNumbers& numbers) {
  Phrase phrase;
  phrase.text = text;
  phrase.takes_an = takes_an(text);
  for (const std::string& word : split(text, ' ')) {
    ++phrase.words;
    for (const std::string& part : split(to_lower(word), '-')) {
      add_stem(phrase, part, numbers);
    }
  }
  check(phrase.words <= kMaxPhraseWords, "a phrase of the corpus is too long");
  if (phrase.stem_count == 0) {  // "after": a phrase of function words alone is its own stem
    phrase.stem[phrase.stem_count++] =
        numbers.emplace(text, static_cast<std::uint16_t>(numbers.size())).first->second;
  }
  std::fill(phrase.stem.begin() + phrase.stem_count, phrase.stem.end(), phrase.stem[0]);
  return phrase;
}

PhraseList make_list(std::string_view text, StemNumbers& numbers) {
  PhraseList list;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    list.phrases.push_back(make_phrase(trim(text.substr(0, comma)), numbers));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  std::stable_sort(list.phrases.begin(), list.phrases.end(),
                   [](const Phrase& a, const Phrase& b) { return a.words < b.words; });
  check(list.phrases.size() <= std::numeric_limits<std::uint16_t>::max(), "a list is too long");
  for (std::size_t words = 0; words <= kMaxPhraseWords; ++words) {
    list.at_most[words] = static_cast<std::uint16_t>(
        std::count_if(list.phrases.begin(), list.phrases.end(),
                      [&](const Phrase& phrase) { return phrase.words <= words; }));
  }
  return list;
}

}  // namespace

Vocabulary::Vocabulary() {
  StemNumbers numbers;
  for (std::size_t i = 0; i < kListCount; ++i) {
    const auto list = static_cast<List>(i);
    const std::string_view subjects = subject_words(list);
    lists_[i] = make_list(subjects.empty() ? style_words(list) : subjects, numbers);
    check(!lists_[i].phrases.empty(), "a list of the corpus is empty");
  }
}

const Vocabulary& Vocabulary::get() {
  static const Vocabulary vocabulary;
  return vocabulary;
}

}  // namespace gsa::prompts
