#include "sim/telemetry.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/streams.h"

namespace gsa::sim {
namespace {

template <typename T>
constexpr std::size_t index(T value) {
  return static_cast<std::size_t>(value);
}

std::int32_t uniform_ms(std::int32_t low, std::int32_t high, std::uint64_t word) {
  return low + static_cast<std::int32_t>(below(word, static_cast<std::uint64_t>(high - low + 1)));
}

}  // namespace

Status draw_status(PromptTraits prompt, Tier tier, double u, double v) {
  if (prompt.has_safety_keyword) {
    return u < kSafetyViolationShare ? Status::safety_violation : Status::success;
  }
  if (prompt.token_count > kLongPromptTokens) {
    return u < kTimeoutShare ? Status::timeout : Status::success;
  }
  if (tier == Tier::free && u < kRateLimitShare) return Status::rate_limited;
  return v < kModelErrorShare ? Status::model_error : Status::success;
}

std::int32_t draw_latency_ms(Status status, std::int32_t token_count, std::uint64_t word) {
  switch (status) {
    case Status::timeout:
      return kTimeoutMs;
    case Status::safety_violation:
      return uniform_ms(kRefusalMinMs, kRefusalMaxMs, word);
    case Status::rate_limited:
    case Status::model_error:
      return uniform_ms(kRejectMinMs, kRejectMaxMs, word);
    case Status::success:
      break;
  }
  const double factor = std::exp(kLatencySigma * normal_quantile(to_open_unit(word)));
  const double ms = kMsPerToken * token_count * factor;
  return static_cast<std::int32_t>(
      std::floor(std::clamp<double>(ms, kSuccessMinMs, kSuccessMaxMs) + 0.5));
}

std::int64_t cost_of(Status status, Tier tier, std::int32_t token_count, std::int32_t latency_ms) {
  if (status != Status::success) return std::int64_t{token_count} * 10;
  // 0.01 credits per token and 0.05 per second are 100 units per token and 1/2 unit per
  // millisecond.
  const std::int64_t doubled = std::int64_t{token_count} * 200 + latency_ms;
  return (doubled * kPriceTenths[index(tier)] + 10) / 20;
}

std::uint8_t draw_retries(Status status, double u) {
  if (status == Status::success) return static_cast<std::uint8_t>(pick_share(kSuccessRetries, u));
  if (status == Status::rate_limited) {
    return static_cast<std::uint8_t>(pick_share(kRateLimitRetries, u));
  }
  return static_cast<std::uint8_t>(pick_share(kFailureRetries, u));
}

Feedback draw_feedback(Status status, Tier tier, double given, double sign) {
  if (given >= kFeedbackShares[index(tier)]) return Feedback::none;
  const double up = status == Status::success ? kThumbsUpAfterSuccess : kThumbsUpAfterFailure;
  return sign < up ? Feedback::thumbs_up : Feedback::thumbs_down;
}

double download_share(Tier tier, std::int32_t token_count) {
  double share = kDownloadShares[index(tier)];
  if (token_count > kLongDownloadTokens) share += kLongDownloadBonus;
  if (token_count < kShortDownloadTokens) share -= kShortDownloadMalus;
  return std::min(share, kMaxDownloadShare);
}

Outcome outcome_of(std::uint64_t seed, std::uint64_t id, PromptTraits prompt, Tier tier,
                   SafetyCheck check) {
  const RandomBlock outcome = RandomStream(seed, kOutcome).at(id);
  const RandomBlock reaction = RandomStream(seed, kReaction).at(id);
  const RandomBlock model = RandomStream(seed, kModelVersion).at(id);

  if (check != SafetyCheck::unknown) prompt.has_safety_keyword = false;
  Outcome o{};
  o.status = check == SafetyCheck::blurred
                 ? Status::safety_violation
                 : draw_status(prompt, tier, to_unit(outcome.word[0]), to_unit(outcome.word[1]));
  o.latency_ms = draw_latency_ms(o.status, prompt.token_count, outcome.u64(1));
  o.cost = cost_of(o.status, tier, prompt.token_count, o.latency_ms);
  o.retry_count = draw_retries(o.status, to_unit(reaction.word[0]));
  o.feedback = draw_feedback(o.status, tier, to_unit(reaction.word[1]), to_unit(reaction.word[2]));
  o.downloaded = o.status == Status::success &&
                 to_unit(reaction.word[3]) < download_share(tier, prompt.token_count);
  o.model = static_cast<Model>(pick_share(kModelShares, to_unit(model.word[0])));
  return o;
}

// Apart from outcome_of(), which is the inner loop of a run and stays as small as it is.
[[gnu::cold]] Outcome outcome_of_status(std::uint64_t seed, std::uint64_t id, PromptTraits prompt,
                                        Tier tier, Status status) {
  Outcome o = outcome_of(seed, id, prompt, tier);
  if (o.status == status) return o;
  const RandomBlock outcome = RandomStream(seed, kOutcome).at(id);
  const RandomBlock reaction = RandomStream(seed, kReaction).at(id);
  o.status = status;
  o.latency_ms = draw_latency_ms(status, prompt.token_count, outcome.u64(1));
  o.cost = cost_of(status, tier, prompt.token_count, o.latency_ms);
  o.retry_count = draw_retries(status, to_unit(reaction.word[0]));
  o.feedback = draw_feedback(status, tier, to_unit(reaction.word[1]), to_unit(reaction.word[2]));
  o.downloaded = status == Status::success &&
                 to_unit(reaction.word[3]) < download_share(tier, prompt.token_count);
  return o;
}

void Telemetry::at(std::span<const Asked> asked, std::span<Generation> generations) const {
  const RandomStream stream(seed_, kWho);
  std::array<RandomBlock, kMostAtOnce> who;
  std::array<std::int32_t, kMostAtOnce> seats;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    who[i] = stream.at(asked[i].generation_id);
    users_.fetch_pick(who[i].u64(0));
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    seats[i] = users_.pick(who[i].u64(0));
    users_.fetch_member(seats[i]);
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Population::Member& user = users_.member(seats[i]);
    const std::int64_t from = user.active_from_us;
    const auto span = static_cast<std::uint64_t>(end_us_ - from);
    generations[i] = {outcome_of(seed_, asked[i].generation_id, asked[i].prompt, user.tier),
                      user.user_id, from + static_cast<std::int64_t>(below(who[i].u64(1), span))};
  }
}

Generation Telemetry::at(std::uint64_t generation_id, PromptTraits prompt) const {
  const Asked asked{generation_id, prompt};
  Generation generation;
  at({&asked, 1}, {&generation, 1});
  return generation;
}

}  // namespace gsa::sim
