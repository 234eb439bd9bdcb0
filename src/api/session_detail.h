#pragma once

// GET /api/sessions/{id}: a session with its generations, and an explanation of its score.

#include <cstdint>
#include <string>

#include "api/friction_rule.h"
#include "duck/database.h"

namespace gsa::api {

// Throws ApiError (404) if the session does not exist.
std::string session_detail(duck::Connection& connection, const FrictionRule& rule, std::int64_t id);

}  // namespace gsa::api
