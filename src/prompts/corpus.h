#pragma once

// Synthetic prompts: text that a person could have typed into an image generator, and the settings
// of the generation. Both are pure functions of (seed, id), so any thread may ask for any id in any
// order. A Corpus holds only its seed; copies are free.

#include <cstdint>
#include <string>

namespace gsa::prompts {

// The number of words is lognormal, a safety keyword a Bernoulli draw. Both are fitted to real
// prompts: a median of about 20 words, and 1.3 % with a keyword.
inline constexpr double kLogWordsMean = 2.98;
inline constexpr double kLogWordsSigma = 0.62;
inline constexpr int kMaxWords = 200;  // 1 draw in 11,000 exceeds it and becomes 200
inline constexpr double kKeywordShare = 0.013;

class Corpus {
 public:
  struct Settings {
    std::uint32_t generation_seed;
    std::uint16_t step;    // 10 to 150, mostly 50
    float cfg;             // 5 to 20, mostly 7
    std::uint8_t sampler;  // 1 ddim ... 8 k_lms, mostly 8
    std::uint16_t width;   // multiples of 64
    std::uint16_t height;
  };

  explicit Corpus(std::uint64_t seed) : seed_(seed) {}

  // Replaces `out`, and allocates nothing once its capacity suffices. features_of(out) agrees with
  // word_count(id) and has_keyword(id).
  void write(std::uint64_t id, std::string& out) const;

  int word_count(std::uint64_t id) const;  // 1 to kMaxWords
  bool has_keyword(std::uint64_t id) const;
  Settings settings(std::uint64_t id) const;

 private:
  std::uint64_t seed_;
};

}  // namespace gsa::prompts
