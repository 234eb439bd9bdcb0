#include "telemetry/coverage.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::telemetry {

std::string_view column_of(Signal signal) {
  constexpr std::array<std::string_view, kSignalCount> kColumns = {"generation_key",
                                                                   "user_key",
                                                                   "session_key",
                                                                   "generated_at",
                                                                   "latency_ms",
                                                                   "status",
                                                                   "nullif(said_error, '')",
                                                                   "nullif(said_http, '')",
                                                                   "cost",
                                                                   "currency",
                                                                   "retry_count",
                                                                   "feedback",
                                                                   "downloaded",
                                                                   "prompt",
                                                                   "negative_prompt",
                                                                   "model",
                                                                   "width",
                                                                   "width",
                                                                   "height",
                                                                   "steps",
                                                                   "guidance",
                                                                   "sampler",
                                                                   "seed",
                                                                   "image_count",
                                                                   "quality",
                                                                   "user_tier",
                                                                   "region",
                                                                   "device_type",
                                                                   "signup_at"};
  return kColumns[static_cast<std::size_t>(signal)];
}

std::vector<SignalCoverage> coverage_of(duck::Connection& connection, const EventTables& tables,
                                        const Mapping& mapping) {
  std::vector<SignalCoverage> coverage;
  std::vector<std::string> counts;
  for (const auto& [signal, source] : mapping.signals) {
    if (!tables.has(column_of(signal))) continue;
    coverage.push_back({signal});
    counts.push_back(fmt::format("count({})", column_of(signal)));
  }
  if (coverage.empty()) return coverage;
  const duck::Result row =
      connection.query(fmt::format("select {} from {}", join(counts, ", "), tables.events.name()));
  for (std::size_t i = 0; i < coverage.size(); ++i) coverage[i].known = row.int64(0, i);
  return coverage;
}

}  // namespace gsa::telemetry
