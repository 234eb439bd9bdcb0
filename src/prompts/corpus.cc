#include "prompts/corpus.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/random.h"
#include "prompts/corpus_grammar.h"

namespace gsa::prompts {
namespace {

// The corpus owns the streams from 0x70 on.
constexpr std::uint32_t kPlanStream = 0x70;  // word count and keyword
constexpr std::uint32_t kTextStream = 0x71;  // every choice of words
constexpr std::uint32_t kSettingsStream = 0x72;

template <typename Value>
struct Share {
  Value value;
  std::uint32_t per_mille;
};

// The value that a uniform `word` falls on, by shares that add up to 1000.
template <typename Value, std::size_t n>
const Value& choose(const std::array<Share<Value>, n>& shares, std::uint32_t word) {
  std::uint32_t at = below(word, 1000U);
  for (const Share<Value>& share : shares) {
    if (at < share.per_mille) {
      return share.value;
    }
    at -= share.per_mille;
  }
  return shares.front().value;
}

struct Size {
  std::uint16_t width;
  std::uint16_t height;
};

constexpr std::array<Share<std::uint16_t>, 14> kSteps = {{{50, 700},
                                                          {10, 12},
                                                          {15, 8},
                                                          {20, 28},
                                                          {25, 22},
                                                          {30, 34},
                                                          {35, 8},
                                                          {40, 26},
                                                          {60, 24},
                                                          {75, 22},
                                                          {80, 18},
                                                          {100, 46},
                                                          {125, 10},
                                                          {150, 42}}};
constexpr std::array<Share<float>, 15> kCfg = {{{7.0F, 740},
                                                {5.0F, 16},
                                                {6.0F, 18},
                                                {7.5F, 44},
                                                {8.0F, 34},
                                                {9.0F, 20},
                                                {10.0F, 38},
                                                {11.0F, 8},
                                                {12.0F, 22},
                                                {13.0F, 8},
                                                {14.0F, 8},
                                                {15.0F, 22},
                                                {16.0F, 4},
                                                {18.0F, 4},
                                                {20.0F, 14}}};
constexpr std::array<Share<std::uint8_t>, 8> kSamplers = {
    {{8, 820}, {1, 52}, {2, 18}, {3, 28}, {4, 44}, {5, 10}, {6, 12}, {7, 16}}};
constexpr std::array<Share<Size>, 11> kSizes = {{{{512, 512}, 640},
                                                 {{512, 768}, 102},
                                                 {{768, 512}, 74},
                                                 {{640, 512}, 36},
                                                 {{512, 640}, 40},
                                                 {{704, 512}, 30},
                                                 {{512, 704}, 28},
                                                 {{576, 512}, 10},
                                                 {{768, 768}, 12},
                                                 {{1024, 512}, 18},
                                                 {{512, 1024}, 10}}};

template <typename Value, std::size_t n>
constexpr bool adds_up(const std::array<Share<Value>, n>& shares) {
  std::uint32_t sum = 0;
  for (const Share<Value>& share : shares) {
    sum += share.per_mille;
  }
  return sum == 1000;
}
static_assert(adds_up(kSteps) && adds_up(kCfg) && adds_up(kSamplers) && adds_up(kSizes));

struct Plan {
  int words;
  bool keyword;
};

Plan plan_of(std::uint64_t seed, std::uint64_t id) {
  const RandomBlock block = RandomStream(seed, kPlanStream).at(id);
  const double z = normal_quantile(to_open_unit(block.u64(0)));
  const double words = std::exp(kLogWordsMean + kLogWordsSigma * z);
  return {std::clamp(static_cast<int>(words + 0.5), 1, kMaxWords),
          to_unit(block.word[2]) < kKeywordShare};
}

}  // namespace

void Corpus::write(std::uint64_t id, std::string& out) const {
  const Plan plan = plan_of(seed_, id);
  compose(RandomStream(seed_, kTextStream), id, plan.words, plan.keyword, out);
}

int Corpus::word_count(std::uint64_t id) const { return plan_of(seed_, id).words; }

bool Corpus::has_keyword(std::uint64_t id) const { return plan_of(seed_, id).keyword; }

Corpus::Settings Corpus::settings(std::uint64_t id) const {
  const RandomStream random(seed_, kSettingsStream);
  const RandomBlock first = random.at(id);
  const Size size = choose(kSizes, random.at(id, 1).word[0]);
  return {first.word[0],
          choose(kSteps, first.word[1]),
          choose(kCfg, first.word[2]),
          choose(kSamplers, first.word[3]),
          size.width,
          size.height};
}

}  // namespace gsa::prompts
