#include "prompts/corpus.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/random.h"
#include "base/text.h"
#include "prompts/corpus_grammar.h"
#include "prompts/corpus_vocabulary.h"
#include "prompts/features.h"

namespace gsa::prompts {
namespace {

constexpr std::uint64_t kMany = 200'000;

std::string prompt_of(const Corpus& corpus, std::uint64_t id) {
  std::string out;
  corpus.write(id, out);
  return out;
}

// The terms and sentences of a prompt, without punctuation around them.
std::vector<std::string> parts_of(std::string_view prompt) {
  std::string text = to_lower(prompt);
  for (const char* separator : {"; ", ". "}) {
    text = replace_all(text, separator, ", ");
  }
  std::vector<std::string> parts;
  for (const std::string& piece : split(replace_all(text, ", ", "\n"), '\n')) {
    const std::size_t begin = piece.find_first_not_of("([");
    const std::size_t end = piece.find_first_of(":)].", begin);
    parts.push_back(piece.substr(begin, end == std::string::npos ? end : end - begin));
  }
  return parts;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xC2 && lead < 0xE0 ? 2 : 0;
    if (length == 0 || i + length > text.size() ||
        (length == 2 && (static_cast<unsigned char>(text[i + 1]) & 0xC0) != 0x80)) {
      return false;  // every letter of the vocabulary has at most two bytes
    }
    i += length;
  }
  return true;
}

TEST(CorpusVocabulary, HoldsKeywordsInTheMarkedListsOnly) {
  for (std::size_t i = 0; i < kListCount; ++i) {
    const auto list = static_cast<List>(i);
    const bool marked = list == List::marked_subject || list == List::marked_term;
    for (const Phrase& phrase : Vocabulary::get()[list].phrases) {
      EXPECT_EQ(features_of(phrase.text).has_safety_keyword, marked) << phrase.text;
      EXPECT_EQ(features_of(phrase.text).token_count, phrase.words) << phrase.text;
    }
  }
}

TEST(CorpusVocabulary, ListsEachPhraseOnceAndCleanly) {
  for (std::size_t i = 0; i < kListCount; ++i) {
    std::set<std::string_view> seen;
    for (const Phrase& phrase : Vocabulary::get()[static_cast<List>(i)].phrases) {
      EXPECT_TRUE(seen.insert(phrase.text).second) << phrase.text;
      EXPECT_EQ(phrase.text.find_first_of("\n\t;()[]"), std::string_view::npos) << phrase.text;
      EXPECT_EQ(phrase.text.find("  "), std::string_view::npos) << phrase.text;
      EXPECT_GT(phrase.stem_count, 0) << phrase.text;
    }
  }
}

TEST(Corpus, WritesTheDrawnWordsAndKeywordsExactly) {
  for (const std::uint64_t seed : {42U, 7U}) {
    const Corpus corpus(seed);
    std::string prompt;
    for (std::uint64_t id = 0; id < kMany; ++id) {
      corpus.write(id, prompt);
      const PromptFeatures features = features_of(prompt);
      ASSERT_EQ(features.token_count, corpus.word_count(id)) << id << ": " << prompt;
      ASSERT_EQ(features.has_safety_keyword, corpus.has_keyword(id)) << id << ": " << prompt;
    }
  }
}

TEST(Corpus, FillsAnyWordCount) {
  std::string prompt;
  for (int words = 1; words <= kMaxWords; ++words) {
    for (std::uint64_t id = 0; id < 200; ++id) {
      for (const bool keyword : {false, true}) {
        compose(RandomStream(1, 0), id, words, keyword, prompt);
        ASSERT_EQ(features_of(prompt).token_count, words) << prompt;
        ASSERT_EQ(features_of(prompt).has_safety_keyword, keyword) << prompt;
      }
    }
  }
}

// The logarithm of a word count is a discrete variable of known distribution: ln k where a normal
// draw falls between ln(k - 1/2) and ln(k + 1/2). With its variance v and fourth central moment m4,
// the mean of n draws has the standard deviation sqrt(v / n), their variance sqrt((m4 - v^2) / n).
TEST(Corpus, DrawsLognormalWordCounts) {
  const auto below = [](double words) {
    return 0.5 * std::erfc((kLogWordsMean - std::log(words)) / (kLogWordsSigma * std::sqrt(2.0)));
  };
  std::vector<double> share(kMaxWords + 1);
  double mean = 0;
  for (int k = 1; k <= kMaxWords; ++k) {
    share[static_cast<std::size_t>(k)] =
        (k == kMaxWords ? 1 : below(k + 0.5)) - (k == 1 ? 0 : below(k - 0.5));
    mean += share[static_cast<std::size_t>(k)] * std::log(k);
  }
  double variance = 0;
  double fourth = 0;
  for (int k = 1; k <= kMaxWords; ++k) {
    const double square = std::pow(std::log(k) - mean, 2);
    variance += share[static_cast<std::size_t>(k)] * square;
    fourth += share[static_cast<std::size_t>(k)] * square * square;
  }
  EXPECT_NEAR(mean, kLogWordsMean, 0.01);  // rounding and the maximum change next to nothing
  EXPECT_NEAR(std::sqrt(variance), kLogWordsSigma, 0.01);

  const Corpus corpus(42);
  double sum = 0;
  double squares = 0;
  for (std::uint64_t id = 0; id < kMany; ++id) {
    const double deviation = std::log(corpus.word_count(id)) - mean;
    sum += deviation;
    squares += deviation * deviation;
  }
  const auto n = static_cast<double>(kMany);
  EXPECT_NEAR(sum / n, 0, 4 * std::sqrt(variance / n));
  EXPECT_NEAR(squares / n, variance, 4 * std::sqrt((fourth - variance * variance) / n));
}

// 4 sigma of a binomial share.
void expect_share(std::uint64_t hits, std::uint64_t of, double share) {
  const auto n = static_cast<double>(of);
  EXPECT_NEAR(static_cast<double>(hits) / n, share, 4 * std::sqrt(share * (1 - share) / n));
}

TEST(Corpus, DrawsKeywordsAtTheirShare) {
  const Corpus corpus(42);
  std::uint64_t hits = 0;
  for (std::uint64_t id = 0; id < kMany; ++id) {
    hits += corpus.has_keyword(id) ? 1U : 0U;
  }
  expect_share(hits, kMany, kKeywordShare);
}

TEST(Corpus, NeverSaysAThingTwiceInAPrompt) {
  const Corpus corpus(3);
  std::string prompt;
  for (std::uint64_t id = 0; id < 50'000; ++id) {
    corpus.write(id, prompt);
    std::vector<std::string> parts = parts_of(prompt);
    std::sort(parts.begin(), parts.end());
    EXPECT_EQ(std::adjacent_find(parts.begin(), parts.end()), parts.end()) << prompt;

    std::set<std::string> runs;
    const std::vector<std::string> words = split(to_lower(prompt), ' ');
    for (std::size_t i = 0; i + 3 < words.size(); ++i) {
      const std::string run =
          words[i] + ' ' + words[i + 1] + ' ' + words[i + 2] + ' ' + words[i + 3];
      EXPECT_TRUE(runs.insert(run).second) << run << " twice in: " << prompt;
    }
  }
}

TEST(Corpus, WritesCleanText) {
  static const std::set<std::string> kNeverLast = {"a",  "an",   "the", "of", "on", "at",
                                                   "to", "with", "as",  "is", "and"};
  const Corpus corpus(5);
  std::string prompt;
  for (std::uint64_t id = 0; id < 50'000; ++id) {
    corpus.write(id, prompt);
    ASSERT_TRUE(is_utf8(prompt)) << prompt;
    ASSERT_EQ(prompt, trim(prompt));
    for (const char* flaw : {"  ", " ,", ",,", "..", " .", ",.", ".,", " ;", ";,", "( ", " )"}) {
      ASSERT_EQ(prompt.find(flaw), std::string::npos) << prompt;
    }
    ASSERT_EQ(prompt.find_last_of(",;:-"), prompt.find_last_of(",;:-", prompt.size() - 2));
    for (const auto& [open, close] : {std::pair{'(', ')'}, std::pair{'[', ']'}}) {
      ASSERT_EQ(std::count(prompt.begin(), prompt.end(), open),
                std::count(prompt.begin(), prompt.end(), close))
          << prompt;
    }
    const std::string last = split(to_lower(replace_all(prompt, ".", "")), ' ').back();
    ASSERT_FALSE(kNeverLast.contains(last)) << prompt;
    for (const char* article : {" a a", " a e", " a i", " an b", " an c", " an s"}) {
      const std::size_t at = prompt.find(article);
      ASSERT_TRUE(at == std::string::npos || prompt.substr(at).starts_with(" a eu")) << prompt;
    }
  }
}

TEST(Corpus, IsAFunctionOfSeedAndId) {
  std::vector<std::string> forward(2'000);
  for (std::uint64_t id = 0; id < forward.size(); ++id) {
    Corpus(42).write(id, forward[id]);
  }
  std::vector<std::string> backward(forward.size());
  const auto write_half = [&](std::uint64_t parity) {
    const Corpus corpus(42);
    std::string used = "what was in it before";
    for (std::uint64_t i = backward.size(); i-- > 0;) {
      if (i % 2 == parity) {
        corpus.write(i, used);
        backward[i] = used;
      }
    }
  };
  std::thread other(write_half, 1);
  write_half(0);
  other.join();
  EXPECT_EQ(forward, backward);
}

TEST(Corpus, DiffersBySeedAndById) {
  std::set<std::string> distinct;
  for (std::uint64_t id = 0; id < 10'000; ++id) {
    distinct.insert(prompt_of(Corpus(42), id));
  }
  EXPECT_GE(distinct.size(), 9'990U);
  int same = 0;
  for (std::uint64_t id = 0; id < 1'000; ++id) {
    same += prompt_of(Corpus(42), id) == prompt_of(Corpus(43), id) ? 1 : 0;
  }
  EXPECT_LE(same, 1);
  EXPECT_NE(prompt_of(Corpus(42), 5), prompt_of(Corpus(42), 5 + (std::uint64_t{1} << 32)));
}

TEST(Corpus, WritesIntoTheCapacityItIsGiven) {
  const Corpus corpus(42);
  std::string prompt;
  prompt.reserve(4096);
  const char* data = prompt.data();
  for (std::uint64_t id = 0; id < 20'000; ++id) {
    corpus.write(id, prompt);
    ASSERT_EQ(prompt.data(), data) << prompt.size();
  }
}

TEST(Corpus, DrawsSettingsAsPeopleChooseThem) {
  const Corpus corpus(42);
  std::uint64_t usual_step = 0, usual_cfg = 0, usual_sampler = 0, square = 0, low_half = 0;
  std::set<std::uint8_t> samplers;
  for (std::uint64_t id = 0; id < kMany; ++id) {
    const Corpus::Settings settings = corpus.settings(id);
    ASSERT_TRUE(settings.step >= 10 && settings.step <= 150) << settings.step;
    ASSERT_TRUE(settings.cfg >= 5 && settings.cfg <= 20) << settings.cfg;
    ASSERT_TRUE(settings.width % 64 == 0 && settings.height % 64 == 0);
    ASSERT_TRUE(std::min(settings.width, settings.height) >= 512);
    ASSERT_TRUE(std::max(settings.width, settings.height) <= 1024);
    samplers.insert(settings.sampler);
    usual_step += settings.step == 50 ? 1U : 0U;
    usual_cfg += settings.cfg == 7.0F ? 1U : 0U;
    usual_sampler += settings.sampler == 8 ? 1U : 0U;
    square += settings.width == 512 && settings.height == 512 ? 1U : 0U;
    low_half += settings.generation_seed < (1U << 31) ? 1U : 0U;
  }
  EXPECT_EQ(samplers, (std::set<std::uint8_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  expect_share(usual_step, kMany, 0.70);
  expect_share(usual_cfg, kMany, 0.74);
  expect_share(usual_sampler, kMany, 0.82);
  expect_share(square, kMany, 0.64);
  expect_share(low_half, kMany, 0.5);
}

TEST(Corpus, MatchesItsGolden) {
  const std::filesystem::path path = std::filesystem::path(GSA_TESTDATA) / "corpus_seed42.txt";
  std::string text;
  for (std::uint64_t id = 0; id < 20; ++id) {
    text += prompt_of(Corpus(42), id) + '\n';
  }
  if (std::getenv("GSA_UPDATE_GOLDEN") != nullptr) {
    write_file(path, text);
  }
  EXPECT_EQ(read_file(path), text);
}

}  // namespace
}  // namespace gsa::prompts
