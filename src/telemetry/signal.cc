#include "telemetry/signal.h"

#include <algorithm>
#include <array>

namespace gsa::telemetry {
namespace {

constexpr std::array<std::string_view, kSignalCount> kSignals = {
    "generation",      "user",  "session",  "time",    "latency",  "status",     "error",
    "http_status",     "cost",  "currency", "retries", "feedback", "downloaded", "prompt",
    "negative_prompt", "model", "size",     "width",   "height",   "steps",      "guidance",
    "sampler",         "seed",  "images",   "quality", "tier",     "region",     "device",
    "signup"};

constexpr std::array<std::string_view, kStatusCount> kStatuses = {
    "success", "timeout", "safety_violation", "rate_limited", "model_error", "cancelled", "other"};

template <typename T, std::size_t kSize>
std::optional<T> find_in(const std::array<std::string_view, kSize>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<T>(found - names.begin());
}

}  // namespace

std::string_view name_of(Signal signal) { return kSignals[static_cast<std::size_t>(signal)]; }
std::optional<Signal> find_signal(std::string_view name) { return find_in<Signal>(kSignals, name); }
std::vector<std::string> signal_names() { return {kSignals.begin(), kSignals.end()}; }

std::string_view name_of(Status status) { return kStatuses[static_cast<std::size_t>(status)]; }
std::optional<Status> find_status(std::string_view name) {
  return find_in<Status>(kStatuses, name);
}

}  // namespace gsa::telemetry
