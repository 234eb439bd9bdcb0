#pragma once

// The numbers of the simulation's random streams. Never reuse or renumber one: every value made so
// far would change.

#include <cstddef>
#include <cstdint>
#include <span>

namespace gsa::sim {

enum : std::uint32_t {
  kUserTraits = 0x10,       // tier, region, device
  kUserSignup = 0x11,       // signup, by seat
  kNamedUserTraits = 0x12,  // tier, region, device, by the hash of the name
  kWho = 0x20,              // user, time
  kOutcome = 0x21,          // status, model error, latency
  kReaction = 0x22,         // retries, feedback given, feedback's sign, download
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
