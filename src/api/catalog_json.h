#pragma once

// GET /api/catalog: what can be asked, and what the numbers are made of.

#include <string>

#include "api/engine.h"
#include "duck/database.h"

namespace gsa::api {

std::string catalog(const Snapshot& snapshot, duck::Connection& connection);

}  // namespace gsa::api
