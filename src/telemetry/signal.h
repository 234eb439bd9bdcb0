#pragma once

// The signals of telemetry: what gsa wants to know of a generation and of its user.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::telemetry {

// In the order in which they are shown.
enum class Signal : std::uint8_t {
  generation,  // the source's own key of the request
  user,
  session,
  time,
  latency,
  status,
  error,        // why it failed; refines the status
  http_status,  // refines the status, too
  cost,
  currency,
  retries,
  feedback,
  downloaded,
  prompt,
  negative_prompt,
  model,
  size,  // "1024x768"
  width,
  height,
  steps,
  guidance,
  sampler,
  seed,
  images,
  quality,
  tier,
  region,
  device,
  signup,
};
inline constexpr std::size_t kSignalCount = static_cast<std::size_t>(Signal::signup) + 1;

std::string_view name_of(Signal signal);  // "http_status"
std::optional<Signal> find_signal(std::string_view name);
std::vector<std::string> signal_names();

// How a generation ended, in the order of the enumeration in raw_generations.
enum class Status : std::uint8_t {
  success,
  timeout,
  safety_violation,
  rate_limited,
  model_error,
  cancelled,
  other,
};
inline constexpr std::size_t kStatusCount = static_cast<std::size_t>(Status::other) + 1;

std::string_view name_of(Status status);
std::optional<Status> find_status(std::string_view name);

}  // namespace gsa::telemetry
