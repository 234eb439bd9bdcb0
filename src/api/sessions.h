#pragma once

// GET /api/sessions: sessions page by page, or all as CSV, read from the warehouse.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "api/fact_store.h"
#include "duck/database.h"

namespace gsa::api {

struct SessionPageRequest {
  std::string filters, from, to;        // query parameters: JSON, and days; empty: not given
  std::string sort = "-session_start";  // a column; with "-", descending
  std::int64_t limit = 100;             // 1 to kMaxPage
  std::int64_t offset = 0;
  std::string after;  // `next` of the previous page; then no offset
};
inline constexpr std::int64_t kMaxPage = 1000;
inline constexpr std::int64_t kMaxOffset = 100'000'000;

// Throws ApiError for an invalid column, limit or `after`.
std::string session_page(const Snapshot& snapshot, duck::Connection& connection,
                         const SessionPageRequest& request);

// The SELECT of all sessions, ordered by `sort`, then by cost, highest first. Throws ApiError like
// session_page().
std::string sessions_select(const Snapshot& snapshot, const SessionPageRequest& request);

// Writes the column names and the rows of that SELECT as CSV, about 64 KiB at a time, until `write`
// returns false. RFC 4180; null is empty; a text that a spreadsheet would read as a formula gets a
// leading '.
using WriteBytes = std::function<bool(std::string_view)>;
void write_sessions_csv(duck::Connection& connection, const std::string& select,
                        const WriteBytes& write);

// The session as in a page; throws ApiError (404) if it does not exist.
std::string session_row(duck::Connection& connection, std::int64_t id);

}  // namespace gsa::api
