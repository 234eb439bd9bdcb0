#pragma once

// GET /api/sessions/{id}: a session with its generations, and why its score is what it is.

#include <cstdint>
#include <string>

#include "api/friction_rule.h"
#include "duck/database.h"

namespace gsa::api {

// Throws ApiError (404) where there is no such session.
std::string session_detail(duck::Connection& connection, const FrictionRule& rule, std::int64_t id);

}  // namespace gsa::api
