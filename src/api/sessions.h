#pragma once

// GET /api/sessions: pages of sessions, read from the warehouse.

#include <cstdint>
#include <string>

#include "api/engine.h"
#include "duck/database.h"

namespace gsa::api {

struct SessionPageRequest {
  Scope scope;
  std::string sort = "-session_start";  // a column; with - the largest first
  std::int64_t limit = 100;             // 1 to kMaxPage
  std::int64_t offset = 0;
  std::string after;  // the `next` of the page before; then no offset
};
inline constexpr std::int64_t kMaxPage = 1000;
inline constexpr std::int64_t kMaxOffset = 100'000'000;

// Throws ApiError for a column, a limit or an `after` that cannot be.
std::string session_page(const Snapshot& snapshot, duck::Connection& connection,
                         const SessionPageRequest& request);

// The session as in a page, or throws ApiError (404).
std::string session_row(duck::Connection& connection, std::int64_t id);

}  // namespace gsa::api
