#pragma once

// The facts of a publication as columns in memory: what a click on the dashboard scans. Two million
// generations take about 100 MB and a second to read; a group-by over all of them some 10 ms, where
// SQL takes 25 to 350 (distinct sessions and users, quantiles and clustered intervals are what SQL
// is slow at). The SQL that is shown with an answer says the same, and tests hold the two together.
//
// Sessions are in the order of their users, generations in that of their sessions: whatever is
// counted by session or user is counted as it goes by, without hashing. Immutable once read, so
// threads share it.

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "api/catalog.h"
#include "api/day.h"
#include "api/value.h"
#include "duck/database.h"

namespace gsa::api {

// An attribute as a small number a row; one that is the same everywhere takes no memory.
struct CodeColumn {
  std::vector<Value> values;  // by code, in the order in which they are shown
  std::vector<bool> occurs;   // by code
  std::vector<std::uint8_t> codes;
  std::uint8_t constant = 0;  // where codes is empty

  std::uint8_t operator[](std::size_t row) const { return codes.empty() ? constant : codes[row]; }
  // Of a text; nothing where no row can have it.
  std::optional<std::uint8_t> code_of(std::string_view text) const;
};

struct Facts {
  std::int64_t publication = 0;
  std::size_t sessions = 0, generations = 0, users = 0;
  // Of unknown users; in no measure.
  std::int64_t generations_outside_sessions = 0;
  std::int64_t cost_outside_sessions = 0, cost_of_all = 0;  // 1/10,000 credits
  // On which sessions began, or of simulated months all days; none: last_day < first_day.
  Day first_day = 0, last_day = -1;

  // By user.
  std::vector<std::int64_t> user_ids;  // ascending
  std::vector<Day> signup_day;         // kNoDay: not known
  static constexpr Day kNoDay = std::numeric_limits<Day>::max();

  // By session.
  std::vector<std::int32_t> session_ids;
  std::vector<std::uint32_t> user_of;
  std::vector<std::uint16_t> day;  // since first_day
  std::vector<std::uint8_t> hour;  // 0 to 23
  std::vector<std::int32_t> friction, error_points, latency_points, retry_points;  // 1/10,000
  std::vector<std::int32_t> duration;                                              // 1/100 minutes
  std::vector<std::uint32_t> first_generation;  // and, last, the number of generations

  // By generation.
  std::vector<std::int32_t> latency, token_count;
  std::vector<std::int64_t> cost;  // 1/10,000 credits
  std::vector<std::uint16_t> retries, images;

  // By user, session or generation, as the level of the dimension is; only of those that are
  // stored, which is_stored() tells.
  std::array<CodeColumn, kDims> attributes;
  static bool is_stored(Dim dim);
  const CodeColumn& attribute(Dim dim) const { return attributes[static_cast<std::size_t>(dim)]; }

  std::size_t generations_of(std::size_t session) const {
    return first_generation[session + 1] - first_generation[session];
  }
  std::optional<std::size_t> find_user(std::int64_t id) const;
  int days() const { return last_day - first_day + 1; }
  std::size_t bytes() const;  // of memory
};

// The run that published last; 0 where nothing was published.
std::int64_t publication_of(duck::Connection& connection);

// Reads them in one transaction. Throws ApiError (409 "not_published") where there are no marts,
// and Error where they are not as the built-in models make them.
Facts read_facts(duck::Connection& connection);

}  // namespace gsa::api
