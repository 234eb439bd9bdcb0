#include "sim/users.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "sim/streams.h"
#include "sim/zigzag.h"

namespace gsa::sim {
namespace {

constexpr std::int64_t kTurnUs = kSignupDays * 86'400'000'000;
constexpr std::int64_t kIds = std::int64_t{std::numeric_limits<std::int32_t>::max()} + 1;

UserTraits traits_from(const RandomBlock& block) {
  return {static_cast<Tier>(pick_share(kTierShares, to_unit(block.word[0]))),
          static_cast<Region>(pick_share(kRegionShares, to_unit(block.word[1]))),
          static_cast<Device>(pick_share(kDeviceShares, to_unit(block.word[2])))};
}

UserTraits simulated_traits(std::uint64_t seed, std::int64_t user_id) {
  return traits_from(RandomStream(seed, kUserTraits).at(static_cast<std::uint64_t>(user_id)));
}

std::int64_t floor_div(std::int64_t dividend, std::int64_t divisor) {  // divisor > 0
  return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

// signup(s, 0) as defined in users.h.
std::int64_t first_signup_us(std::uint64_t seed, std::int32_t seat) {
  static const std::int64_t begin_us = kAnchor.end_us() - kTurnUs;
  const RandomBlock block = RandomStream(seed, kUserSignup).at(static_cast<std::uint64_t>(seat));
  return begin_us +
         static_cast<std::int64_t>(below(block.u64(0), static_cast<std::uint64_t>(kTurnUs)));
}

std::int64_t signup_us(std::uint64_t seed, std::int32_t seats, std::int32_t user_id) {
  return first_signup_us(seed, user_id % seats) + unzigzag(user_id / seats) * kTurnUs;
}

// The last turn that begins before the month's end.
std::int64_t turn_in(std::int64_t first_signup_us, std::int64_t end_us) {
  return floor_div(end_us - 1 - first_signup_us, kTurnUs);
}

// The turns that seats may be in during a month: one or two, because first_signup_us lies in the
// kTurnUs that end with kAnchor.
struct Turns {
  explicit Turns(const Period& period)
      : first(turn_in(kAnchor.end_us() - 1, period.end_us())),
        last(turn_in(kAnchor.end_us() - kTurnUs, period.end_us())) {}
  std::int64_t first, last;
};

void refuse_overflow(const Period& period, std::int32_t seats) {
  const Turns turns(period);
  const std::int64_t most = kIds / (std::max(zigzag(turns.first), zigzag(turns.last)) + 1);
  if (seats <= most) return;
  throw Error(
      fmt::format(
          "{} users are more than the {} whose ids fit 32 bits in {}, at that distance from {}",
          with_thousands(seats), with_thousands(most), period.name(), kAnchor.name()),
      fmt::format("use use --users {} or fewer, or months nearer to {}", most, kAnchor.name()),
      ErrorCode::usage);
}

}  // namespace

User user_at(std::uint64_t seed, std::int32_t seats, std::int32_t user_id) {
  return {simulated_traits(seed, user_id), signup_us(seed, seats, user_id)};
}

std::int32_t user_in(std::uint64_t seed, std::int32_t seats, std::int32_t seat,
                     const Period& period) {
  refuse_overflow(period, seats);
  const std::int64_t turn = turn_in(first_signup_us(seed, seat), period.end_us());
  return static_cast<std::int32_t>(zigzag(turn) * seats + seat);
}

UserTraits traits_of(std::uint64_t seed, std::string_view user_name) {
  return traits_from(RandomStream(seed, kNamedUserTraits).at(stable_hash(user_name)));
}

Population::Population(std::uint64_t seed, const Period& period, std::int32_t seats) {
  check(seats > 0, "a population has users");
  refuse_overflow(period, seats);
  const std::int64_t begin_us = period.begin_us(), end_us = period.end_us();
  const auto size = static_cast<std::size_t>(seats);
  members_.reserve(size);
  draws_.reserve(size * 2);  // the mean weight is 1.85
  for (std::int32_t seat = 0; seat < seats; ++seat) {
    const std::int64_t first_us = first_signup_us(seed, seat);
    const std::int64_t turn = turn_in(first_us, end_us);
    const auto user_id = static_cast<std::int32_t>(zigzag(turn) * seats + seat);
    const Tier tier = simulated_traits(seed, user_id).tier;
    members_.push_back({std::max(first_us + turn * kTurnUs, begin_us), user_id, tier});
    draws_.insert(draws_.end(), kActivityWeights[static_cast<std::size_t>(tier)], seat);
  }
}

Membership::Membership(std::uint64_t seed, const std::vector<Period>& months, std::int32_t seats)
    : seed_(seed), seats_(seats) {
  check(!months.empty() && seats > 0, "there are months and users");
  std::vector<Period> ascending = months;
  std::sort(ascending.begin(), ascending.end());
  for (const Period& month : ascending) {
    refuse_overflow(month, seats);
    const Turns turns(month);
    blocks_.insert(blocks_.end(), {zigzag(turns.first), zigzag(turns.last)});
    const Span span{month.end_us() - kTurnUs, month.end_us()};
    if (!signups_.empty() && span.begin_us <= signups_.back().end_us) {
      signups_.back().end_us = span.end_us;
    } else {
      signups_.push_back(span);
    }
  }
  std::sort(blocks_.begin(), blocks_.end());
  blocks_.erase(std::unique(blocks_.begin(), blocks_.end()), blocks_.end());
}

bool Membership::has(std::int32_t user_id) const {
  const std::int64_t at = signup_us(seed_, seats_, user_id);
  const auto span =
      std::upper_bound(signups_.begin(), signups_.end(), at,
                       [](std::int64_t us, const Span& later) { return us < later.end_us; });
  return span != signups_.end() && span->begin_us <= at;
}

}  // namespace gsa::sim
