#pragma once

// How an average comes about from its segments: what each contributes to it, and what each moved
// it by since the compared period. Sessions in several segments (of attributes of generations) are
// shared out among them by their generations, so that segments add up to the whole.

#include <string>
#include <string_view>

#include "api/fact_store.h"

namespace gsa::api {

// POST /api/contribution: share × (segment − all), the largest amount first, with intervals.
std::string contribution(const Snapshot& snapshot, std::string_view request);
// POST /api/changes: rate and mix effects (the formula is in openapi.yaml), the largest first.
std::string changes(const Snapshot& snapshot, std::string_view request);

}  // namespace gsa::api
