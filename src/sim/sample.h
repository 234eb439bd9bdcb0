#pragma once

// For tests: 200,000 generations of 20,000 users, drawn once from fixed seeds.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "sim/telemetry.h"

namespace gsa::sim {

// Prompts of all kinds: lognormal lengths with a median of 20 words, 1.3 % with a safety keyword.
inline PromptTraits sample_prompt(std::uint64_t id) {
  const RandomBlock block = RandomStream(2718, 0x7e57).at(id);
  const double words = std::exp(2.98 + 0.62 * normal_quantile(to_open_unit(block.u64(0))));
  return {std::max(1, static_cast<std::int32_t>(words)), to_unit(block.word[2]) < 0.013};
}

// All values of a generation, for comparison.
inline auto values_of(const Generation& g) {
  return std::tuple(g.user_id, g.generated_us, g.latency_ms, g.status, g.cost, g.retry_count,
                    g.feedback, g.downloaded, g.model);
}

struct Draw {
  PromptTraits prompt;
  User user;
  std::int64_t from_us;  // when the user could first generate
  Generation generation;

  double time_fraction(const Period& period) const {  // share of the user's time in the period
    return static_cast<double>(generation.generated_us - from_us) /
           static_cast<double>(period.end_us() - from_us);
  }
};

struct Sample {
  static constexpr std::uint64_t kSeed = 42;
  static constexpr std::int32_t kUsers = 20'000;
  static constexpr std::uint64_t kGenerations = 200'000;

  Period period{2025, 12};
  Population users{kSeed, period, kUsers};
  std::vector<Draw> draws;

  Sample() {
    const Telemetry telemetry(kSeed, period, users);
    draws.reserve(kGenerations);
    for (std::uint64_t id = 0; id < kGenerations; ++id) {
      const PromptTraits prompt = sample_prompt(id);
      const Generation generation = telemetry.at(id, prompt);
      const User user = user_at(kSeed, kUsers, generation.user_id);
      const std::int64_t from = std::max(user.signup_us, period.begin_us());
      draws.push_back({prompt, user, from, generation});
    }
  }
};

inline const Sample& sample() {
  static const Sample drawn;
  return drawn;
}

}  // namespace gsa::sim
