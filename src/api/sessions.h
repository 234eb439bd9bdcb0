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
  std::string filters, from, to;        // as query parameters: JSON, and days; empty: not given
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

// The select of all sessions in the order of the page's `sort`, then the most costly first; throws
// ApiError as above.
std::string sessions_select(const Snapshot& snapshot, const SessionPageRequest& request);

// The names of the columns and the rows of that select as CSV (RFC 4180; null is empty; a text that
// a spreadsheet would take for a formula has a ' before it), some 64 KiB at a time, until `write`
// says that no more is wanted.
using WriteBytes = std::function<bool(std::string_view)>;
void write_sessions_csv(duck::Connection& connection, const std::string& select,
                        const WriteBytes& write);

// The session as in a page, or throws ApiError (404).
std::string session_row(duck::Connection& connection, std::int64_t id);

}  // namespace gsa::api
