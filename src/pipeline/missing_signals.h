#pragma once

// Which signals that a product's events lack are simulated (--missing); the others stay unknown.

#include <set>
#include <string>
#include <string_view>

namespace gsa::pipeline {

struct MissingSignals {
  std::set<std::string, std::less<>> simulated = {};  // "latency", "traits", …

  bool empty() const { return simulated.empty(); }
  bool fills(std::string_view signal) const { return simulated.contains(signal); }
  // Changes whenever the signals do: "cost,latency".
  std::string text() const;
};

// The signals of text().
MissingSignals simulated_signals(const std::string& text);
// Reads "unknown", "simulated" (all that can be), or "latency=simulated,cost=unknown". Throws
// Error{usage}.
MissingSignals read_missing(const std::string& text);

}  // namespace gsa::pipeline
