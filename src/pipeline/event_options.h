#pragma once

// The options of a run for a product's own events. They go on record with the raw tables, so that a
// run from the dashboard's page reads the events the same way.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/missing_signals.h"
#include "telemetry/given_mapping.h"
#include "telemetry/prices.h"

namespace gsa::pipeline {

struct EventOptions {
  telemetry::GivenMapping mapping = {}, users_mapping = {}, feedback_mapping = {};
  // Files, folders and globs about the users of the events, and with feedback on them.
  std::vector<std::string> users_from = {}, feedback_from = {};
  std::string prices = {};  // of events without a cost: "builtin", or the YAML of a table
  MissingSignals missing = {};

  std::optional<telemetry::PriceTable> price_table() const;

  // Each option that is set, with its value; of a file, what is in it.
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Pairs pairs() const;
  static EventOptions from_pairs(const Pairs& pairs);
};

}  // namespace gsa::pipeline
