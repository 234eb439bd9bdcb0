#pragma once

// GET /api/catalog: what can be asked, and what the numbers are made of.

#include <string>

#include "api/fact_store.h"
#include "duck/database.h"

namespace gsa::api {

std::string catalog(const Snapshot& snapshot, duck::Connection& connection);

}  // namespace gsa::api
