#include "pipeline/missing_signals.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::pipeline {
namespace {

// The traits are tier, region and device.
constexpr std::array<std::string_view, 8> kCanBeSimulated = {
    "status", "latency", "cost", "retries", "feedback", "downloaded", "model", "traits"};

constexpr std::string_view kHint =
    "for instance --missing simulated, or --missing latency=simulated";

}  // namespace

std::string MissingSignals::text() const { return join({simulated.begin(), simulated.end()}, ","); }

MissingSignals simulated_signals(const std::string& text) {
  MissingSignals missing;
  for (const std::string& signal : split(text, ',')) missing.simulated.insert(signal);
  return missing;
}

MissingSignals read_missing(const std::string& text) {
  MissingSignals missing;
  if (text == "unknown") return missing;
  if (text == "simulated") {
    missing.simulated.insert(kCanBeSimulated.begin(), kCanBeSimulated.end());
    return missing;
  }
  for (const std::string& part : split(text, ',')) {
    const std::size_t equals = part.find('=');
    const std::string signal = part.substr(0, equals);
    const std::string what = equals == std::string::npos ? "" : part.substr(equals + 1);
    if (std::find(kCanBeSimulated.begin(), kCanBeSimulated.end(), signal) ==
        kCanBeSimulated.end()) {
      throw Error(fmt::format("--missing: gsa simulates no signal '{}'", signal),
                  fmt::format("it simulates {}",
                              join({kCanBeSimulated.begin(), kCanBeSimulated.end()}, ", ")),
                  ErrorCode::usage);
    }
    if (what != "simulated" && what != "unknown") {
      throw Error(fmt::format("--missing: '{}' is neither simulated nor unknown", part),
                  std::string(kHint), ErrorCode::usage);
    }
    if (what == "simulated") missing.simulated.insert(signal);
  }
  return missing;
}

}  // namespace gsa::pipeline
