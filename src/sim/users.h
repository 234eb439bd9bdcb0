#pragma once

// Users: a simulated one is a pure function of (seed, user_id); of one that the data names, tier,
// region and device are a pure function of (seed, name).

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "sim/period.h"
#include "sim/rules.h"

namespace gsa::sim {

struct UserTraits {
  Tier tier;
  Region region;
  Device device;
};

struct User : UserTraits {
  std::int64_t signup_us;  // in the kSignupDays that end with the period
};

User user_at(std::uint64_t seed, const Period& period, std::int32_t user_id);

// Of the user whom the data knows by this name.
UserTraits traits_of(std::uint64_t seed, std::string_view user_name);

// The users 0..count-1, and the draw of who generates: by tier, with kActivityWeights.
// Holds about 10 bytes a user and 4 bytes a unit of weight; safe to share between threads.
class Population {
 public:
  Population(std::uint64_t seed, const Period& period, std::int32_t count);

  std::int32_t size() const { return static_cast<std::int32_t>(tiers_.size()); }
  Tier tier(std::int32_t user_id) const { return tiers_[static_cast<std::size_t>(user_id)]; }
  // The first moment of the period at which the user can generate.
  std::int64_t active_from_us(std::int32_t user_id) const {
    return active_from_us_[static_cast<std::size_t>(user_id)];
  }
  // The user that a uniform 64-bit word picks.
  std::int32_t pick(std::uint64_t word) const { return slots_[below(word, slots_.size())]; }

 private:
  std::vector<Tier> tiers_;
  std::vector<std::int64_t> active_from_us_;
  std::vector<std::int32_t> slots_;  // user u stands weight(u) times
};

}  // namespace gsa::sim
