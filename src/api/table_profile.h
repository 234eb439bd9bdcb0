#pragma once

// GET /api/dictionary/{table}/profile: statistics of a table's columns.

#include <string>

#include "duck/database.h"

namespace gsa::api {

// Reads the whole table, some columns twice: a second for two million rows. Throws ApiError (404)
// if there is no such table or view in main or, with the schema in its name ("ops.runs"), in ops.
std::string profile_json(duck::Connection& connection, const std::string& table);

}  // namespace gsa::api
