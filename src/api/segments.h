#pragma once

// Explains an average by its segments: the contribution of each, and the effect of each on the
// change since the compared period. Sessions in several segments (by attributes of generations) are
// divided among them by their generations, so that segments add up to the total.

#include <string>
#include <string_view>

#include "api/fact_store.h"

namespace gsa::api {

// POST /api/contribution: share × (segment − all), the largest amount first, with intervals.
std::string contribution(const Snapshot& snapshot, std::string_view request);
// POST /api/changes: rate and mix effects (the formula is in openapi.yaml), the largest first.
std::string changes(const Snapshot& snapshot, std::string_view request);

}  // namespace gsa::api
