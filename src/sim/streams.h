#pragma once

// The numbers of the simulation's random streams. Never reuse or renumber one: it would change
// every simulated value.

#include <cstddef>
#include <cstdint>
#include <span>

namespace gsa::sim {

enum : std::uint32_t {
  kUserTraits = 0x10,       // tier, region, device, by user id
  kUserSignup = 0x11,       // first signup, by seat
  kNamedUserTraits = 0x12,  // tier, region, device, by the hash of the user's name
  kWho = 0x20,              // user and time
  kOutcome = 0x21,          // status, model error, latency
  kReaction = 0x22,         // retries, whether feedback is given, its sign, download
  kModelVersion = 0x23,
};

// The index that the uniform number u in [0, 1) picks by `shares`.
inline std::size_t pick_share(std::span<const double> shares, double u) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < shares.size(); ++i) {
    sum += shares[i];
    if (u < sum) return i;
  }
  return shares.size() - 1;
}

}  // namespace gsa::sim
