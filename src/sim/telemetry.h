#pragma once

// Simulated telemetry: what happens to a generation is a pure function of (seed, generation_id), of
// the prompt's length and safety keyword, and of the user. No I/O, no clock, no SQL; any thread.

#include <cstdint>
#include <span>

#include "sim/users.h"

namespace gsa::sim {

// The facts about a prompt that the simulation uses.
struct PromptTraits {
  std::int32_t token_count;
  bool has_safety_keyword;
};

// What a prompt's source tells about its safety check.
enum class SafetyCheck : std::uint8_t { unknown, passed, blurred };

struct Outcome {
  std::int32_t latency_ms;
  Status status;
  std::int64_t cost;  // 1/10,000 credits
  std::uint8_t retry_count;
  Feedback feedback;
  bool downloaded;
  Model model;
};

// If the result of the safety check is known, it alone decides about safety_violation; other
// failures are still simulated.
Outcome outcome_of(std::uint64_t seed, std::uint64_t generation_id, PromptTraits prompt, Tier tier,
                   SafetyCheck check = SafetyCheck::unknown);

// The same of a generation that is known to have ended so: only the rest is simulated.
Outcome outcome_of_status(std::uint64_t seed, std::uint64_t generation_id, PromptTraits prompt,
                          Tier tier, Status status);

struct Generation : Outcome {
  std::int32_t user_id;
  std::int64_t generated_us;  // within the period and not before the user's signup
};

class Telemetry {
 public:
  // Keeps a reference to `users`. `end_us` is the period's end.
  Telemetry(std::uint64_t seed, const Period& period, const Population& users)
      : seed_(seed), end_us_(period.end_us()), users_(users) {}

  struct Asked {
    std::uint64_t generation_id;
    PromptTraits prompt;
  };
  static constexpr std::size_t kMostAtOnce = 64;

  // At most kMostAtOnce at a time. A batch takes half the time of single calls.
  void at(std::span<const Asked> asked, std::span<Generation> generations) const;
  Generation at(std::uint64_t generation_id, PromptTraits prompt) const;

 private:
  std::uint64_t seed_;
  std::int64_t end_us_;
  const Population& users_;
};

// The rules one by one; u and v are uniform in [0, 1), `word` is a uniform 64-bit word.
Status draw_status(PromptTraits prompt, Tier tier, double u, double v);
std::int32_t draw_latency_ms(Status status, std::int32_t token_count, std::uint64_t word);
// In 1/10,000 credits, rounded half up; exact.
std::int64_t cost_of(Status status, Tier tier, std::int32_t token_count, std::int32_t latency_ms);
std::uint8_t draw_retries(Status status, double u);
Feedback draw_feedback(Status status, Tier tier, double given, double sign);
double download_share(Tier tier, std::int32_t token_count);

}  // namespace gsa::sim
