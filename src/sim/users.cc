#include "sim/users.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "sim/streams.h"

namespace gsa::sim {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;

UserTraits traits_from(const RandomBlock& block) {
  return {static_cast<Tier>(pick_share(kTierShares, to_unit(block.word[0]))),
          static_cast<Region>(pick_share(kRegionShares, to_unit(block.word[1]))),
          static_cast<Device>(pick_share(kDeviceShares, to_unit(block.word[2])))};
}

}  // namespace

User user_at(std::uint64_t seed, const Period& period, std::int32_t user_id) {
  const auto id = static_cast<std::uint64_t>(user_id);
  const RandomBlock signup = RandomStream(seed, kUserSignup).at(id);
  const std::int64_t span = kSignupDays * kDayUs;
  return {traits_from(RandomStream(seed, kUserTraits).at(id)),
          period.end_us() - span +
              static_cast<std::int64_t>(below(signup.u64(0), static_cast<std::uint64_t>(span)))};
}

UserTraits traits_of(std::uint64_t seed, std::string_view user_name) {
  return traits_from(RandomStream(seed, kNamedUserTraits).at(stable_hash(user_name)));
}

Population::Population(std::uint64_t seed, const Period& period, std::int32_t count) {
  check(count > 0, "a population has users");
  const auto size = static_cast<std::size_t>(count);
  tiers_.reserve(size);
  active_from_us_.reserve(size);
  slots_.reserve(size * 2);  // the mean weight is 1.85
  for (std::int32_t id = 0; id < count; ++id) {
    const User user = user_at(seed, period, id);
    tiers_.push_back(user.tier);
    active_from_us_.push_back(std::max(user.signup_us, period.begin_us()));
    slots_.insert(slots_.end(), kActivityWeights[static_cast<std::size_t>(user.tier)], id);
  }
}

}  // namespace gsa::sim
