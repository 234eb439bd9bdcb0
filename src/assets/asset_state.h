#pragma once

// How an asset stands now, for whoever shows it: the command line and the dashboard.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gsa::assets {

enum class Validity { unknown, source, fresh, stale, never_made };

struct AssetState {
  Validity validity = Validity::unknown;  // unknown: an ephemeral asset
  std::string reason;                     // why it is stale
  std::string made_at;                    // the last time, UTC, "2025-12-24 18:30:00"; empty: never
  std::optional<std::int64_t> rows, bytes;
  std::optional<double> seconds;
  std::size_t partitions = 0;                      // number of those that are published
  std::size_t passed = 0, warned = 0, failed = 0;  // checks, by their last outcomes
};

// "source", "fresh", "stale", "never made"; empty if unknown.
std::string_view name_of(Validity validity);

}  // namespace gsa::assets
