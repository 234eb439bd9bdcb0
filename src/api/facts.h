#pragma once

// The facts of a publication as columns in memory, which every click on the dashboard scans. Two
// million generations take 111 MB and a second to read. Grouping all of them takes about 10
// ms; SQL takes 25 to 350 ms, because distinct sessions and users, quantiles and clustered
// intervals are slow in SQL. The SQL shown with an answer computes the same, and tests compare the
// two.
//
// Sessions are sorted by user, and generations by session, so counts by session or user need no
// hashing. Immutable once read; any number of threads may share the facts. They can be moved, not
// copied: a column of numbers may read the codes of another column (NumbersByCode).

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/coded_value.h"
#include "api/day.h"
#include "api/fact_columns.h"
#include "api/layer_names.h"
#include "api/number_column.h"
#include "duck/database.h"

namespace gsa::api {

// The published state: the last run that published (0: none has), and a number that changes when
// another semantic layer is recorded.
struct PublishedState {
  std::int64_t publication = 0, layer = 0;
  bool operator==(const PublishedState&) const = default;
};

// The sum of a measure over generations outside sessions, and over all.
struct OutsideSum {
  const Measure* measure = nullptr;  // of the facts' layer
  double outside = 0, all = 0;
};

struct Facts {
  Facts() = default;
  Facts(Facts&&) = default;
  Facts& operator=(Facts&&) = default;
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;
  ~Facts() = default;

  std::shared_ptr<const Layer> layer;  // bound; never null
  PublishedState published;
  std::int64_t publication = 0;
  std::size_t sessions = 0, generations = 0, users = 0;
  // Generations of unknown users, which no measure counts.
  std::int64_t generations_outside_sessions = 0;
  std::vector<OutsideSum> outside;  // of the measures that say so
  // Days on which sessions began; for simulated months all their days. Empty: last_day < first_day.
  Day first_day = 0, last_day = -1;

  // By user.
  std::vector<std::int64_t> user_ids;  // ascending
  std::vector<Day> signup_day;         // kNoDay: unknown
  static constexpr Day kNoDay = std::numeric_limits<Day>::max();

  // By session.
  std::vector<std::uint32_t> user_of;
  std::vector<std::uint16_t> day;               // since first_day
  std::vector<std::uint8_t> hour;               // 0 to 23
  std::vector<std::uint32_t> first_generation;  // has the number of generations as its last element

  // By row of its level.
  std::vector<CodeColumn> dimensions;  // by Dimension::index; only coded ones
  std::vector<CodeColumn> distinct;    // by index in Layer::bases; only for distinct counts
  std::vector<NumberColumn> numbers;   // without duplicates
  std::vector<std::size_t> number_of_base, number_of_range;  // indices in `numbers`

  const CodeColumn& codes(const Dimension& dimension) const { return dimensions[dimension.index]; }
  const NumberColumn& number(std::size_t base) const { return numbers[number_of_base[base]]; }
  const NumberColumn& number(const Range& range) const {
    return numbers[number_of_range[range.index]];
  }
  std::size_t rows(Level level) const {
    return level == Level::user ? users : level == Level::session ? sessions : generations;
  }
  std::size_t generations_of(std::size_t session) const {
    return first_generation[session + 1] - first_generation[session];
  }
  std::optional<std::size_t> find_user(std::int64_t id) const;
  int days() const { return last_day - first_day + 1; }
  std::size_t bytes() const;  // of memory
};

PublishedState published_state(duck::Connection& connection);

// The divisor of the range's stored integers.
double unit_of(const Range& range);

// The last run that published; 0 if none has.
std::int64_t publication_of(duck::Connection& connection);

// Reads the facts in one transaction, by the recorded layer, or by `fallback` if there is none.
// Throws ApiError (409 "not_published") if there are no marts, and Error if they do not fit the
// layer.
Facts read_facts(duck::Connection& connection, const Layer& fallback);

}  // namespace gsa::api
