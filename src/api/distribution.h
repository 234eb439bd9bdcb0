#pragma once

// Distributions of ranges: histograms, and the cube that a browser filters (brushes) locally.

#include <string>
#include <string_view>

#include "api/fact_store.h"

namespace gsa::api {

// POST /api/histogram
std::string histogram(const Snapshot& snapshot, std::string_view request);
// POST /api/cube
std::string cube(const Snapshot& snapshot, std::string_view request);

}  // namespace gsa::api
