#pragma once

// Users. A simulated user is a pure function of (seed, seats, user_id). For a user named in the
// data, tier, region and device are a pure function of (seed, name).
//
// Simulated users take turns on seats, so that months can be made one at a time and still fit
// together. A service with U seats has U users at any time. A new user takes over seat s every
// kSignupDays:
//
//   signup(s, turn) = signup(s, 0) + turn * kSignupDays    for every whole number `turn`
//   user_id(s, turn) = zigzag(turn) * U + s
//
// where signup(s, 0) is drawn in the kSignupDays that end with kAnchor. So for any month, exactly
// one user of each seat has signed up in the kSignupDays that end with the month. These U users are
// the month's population; for kAnchor they have the ids 0 to U - 1. A user belongs to it from the
// month of signup until the month before the successor signs up. About a twelfth of the seats
// change hands each month.

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
  std::int64_t signup_us;
};

// `seats` > 0. `user_id` >= 0, and its turn is within 290,000 years of kAnchor, which holds for the
// users of all months.
User user_at(std::uint64_t seed, std::int32_t seats, std::int32_t user_id);

// The user who has that seat in the month; 0 <= `seat` < `seats`. Throws Error if user ids for so
// many seats, that far from kAnchor, do not fit 32 bits.
std::int32_t user_in(std::uint64_t seed, std::int32_t seats, std::int32_t seat,
                     const Period& period);

// The traits of the user with this name in the data.
UserTraits traits_of(std::uint64_t seed, std::string_view user_name);

// The users of a month, one per seat, and the draw of the user who generates, weighted by tier
// (kActivityWeights). Takes 16 bytes per user and 4 bytes per unit of weight. Immutable; threads
// may share it.
class Population {
 public:
  struct Member {
    std::int64_t active_from_us;  // the first moment of the month at which the user can generate
    std::int32_t user_id;
    Tier tier;
  };

  // Throws Error as user_in() does.
  Population(std::uint64_t seed, const Period& period, std::int32_t seats);

  std::int32_t size() const { return static_cast<std::int32_t>(members_.size()); }
  const Member& member(std::int32_t seat) const { return members_[static_cast<std::size_t>(seat)]; }
  // The seat that a uniform 64-bit word picks.
  std::int32_t pick(std::uint64_t word) const { return draws_[below(word, draws_.size())]; }

  // Prefetch what pick() and member() will read. In large populations every read waits for the
  // memory; prefetching lets many of these waits overlap.
  void fetch_pick(std::uint64_t word) const {
    __builtin_prefetch(&draws_[below(word, draws_.size())]);
  }
  void fetch_member(std::int32_t seat) const {
    __builtin_prefetch(&members_[static_cast<std::size_t>(seat)]);
  }

 private:
  std::vector<Member> members_;      // by seat
  std::vector<std::int32_t> draws_;  // each seat, repeated by its user's weight
};

// Tells who is in the population of any of several months, without making the populations.
// Immutable; threads may share it.
class Membership {
 public:
  // At least one month; throws Error as user_in() does.
  Membership(std::uint64_t seed, const std::vector<Period>& months, std::int32_t seats);

  // Ascending numbers n. Every member's user_id is in [n * seats, (n + 1) * seats) for one of them.
  const std::vector<std::int64_t>& blocks() const { return blocks_; }
  bool has(std::int32_t user_id) const;

 private:
  struct Span {
    std::int64_t begin_us, end_us;
  };

  std::uint64_t seed_;
  std::int32_t seats_;
  std::vector<std::int64_t> blocks_;
  std::vector<Span> signups_;  // ascending, disjoint; `end_us` is exclusive
};

}  // namespace gsa::sim
