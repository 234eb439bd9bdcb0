#pragma once

// The simulation's structs as DuckDB structs: member types, and writers that fill them row by row.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "duck/function.h"
#include "sim/telemetry.h"

namespace gsa::pipeline {

// user_tier, region, device_type
std::vector<duck::Type::Member> trait_members();
// The same as columns of SQL without a value.
std::string unknown_traits();
inline constexpr std::size_t kTraitMembers = 3;

class TraitColumns {
 public:
  // Writes the members of `out` from index `first` on.
  TraitColumns(duck::Output& out, std::size_t first);
  void set(std::size_t row, const sim::UserTraits& traits) {
    tiers_[row] = static_cast<std::uint8_t>(traits.tier);
    regions_[row] = static_cast<std::uint8_t>(traits.region);
    devices_[row] = static_cast<std::uint8_t>(traits.device);
  }

 private:
  std::uint8_t *tiers_, *regions_, *devices_;
};

// latency_ms, status, cost, retry_count, feedback, downloaded, model_version
std::vector<duck::Type::Member> outcome_members();

class OutcomeColumns {
 public:
  OutcomeColumns(duck::Output& out, std::size_t first);
  void set(std::size_t row, const sim::Outcome& outcome);

 private:
  std::int32_t* latencies_;
  std::uint8_t* statuses_;
  std::int64_t* costs_;
  std::int8_t* retries_;
  duck::Output feedback_column_;
  std::uint8_t* feedbacks_;
  bool* downloads_;
  std::uint8_t* models_;
};

}  // namespace gsa::pipeline
