#pragma once

// GET /api/catalog: the measures and dimensions on offer, and the origin of the numbers.

#include <string>

#include "api/fact_store.h"
#include "duck/database.h"

namespace gsa::api {

std::string catalog(const Snapshot& snapshot, duck::Connection& connection);

}  // namespace gsa::api
