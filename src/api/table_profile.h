#pragma once

// GET /api/dictionary/{table}/profile: what is in a table's columns.

#include <string>

#include "duck/database.h"

namespace gsa::api {

// Reads the whole table, some columns twice: a second for two million rows. Throws ApiError (404)
// where there is no table or view of that name in main or, with the schema, in ops: "ops.runs".
std::string profile_json(duck::Connection& connection, const std::string& table);

}  // namespace gsa::api
