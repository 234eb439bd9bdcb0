#pragma once

// The facts of a publication as columns in memory: what a click on the dashboard scans. Two million
// generations take about 100 MB and a second to read; a group-by over all of them some 10 ms, where
// SQL takes 25 to 350 (distinct sessions and users, quantiles and clustered intervals are what SQL
// is slow at). The SQL that is shown with an answer says the same, and tests hold the two together.
//
// Sessions are in the order of their users, generations in that of their sessions: whatever is
// counted by session or user is counted as it goes by, without hashing. Immutable once read, so
// threads share it.

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
#include "duck/database.h"

namespace gsa::api {

// What is published: the run that published last (0 where nothing was), and a number that is
// another one once another semantic layer is on record.
struct PublishedState {
  std::int64_t publication = 0, layer = 0;
  bool operator==(const PublishedState&) const = default;
};

struct Facts {
  std::shared_ptr<const Layer> layer;  // bound; never null
  PublishedState published;
  std::int64_t publication = 0;
  std::size_t sessions = 0, generations = 0, users = 0;
  // Of unknown users; in no measure.
  std::int64_t generations_outside_sessions = 0;
  double cost_outside_sessions = 0, cost_of_all = 0;  // of the measure `cost`
  // On which sessions began, or of simulated months all days; none: last_day < first_day.
  Day first_day = 0, last_day = -1;

  // By user.
  std::vector<std::int64_t> user_ids;  // ascending
  std::vector<Day> signup_day;         // kNoDay: not known
  static constexpr Day kNoDay = std::numeric_limits<Day>::max();

  // By session.
  std::vector<std::int32_t> session_ids;
  std::vector<std::uint32_t> user_of;
  std::vector<std::uint16_t> day;               // since first_day
  std::vector<std::uint8_t> hour;               // 0 to 23
  std::vector<std::uint32_t> first_generation;  // and, last, the number of generations

  // By row of their level.
  std::vector<CodeColumn> dimensions;  // by Dimension::index; only of coded ones
  std::vector<CodeColumn> distinct;    // by place in Layer::bases; of what is counted distinct
  std::vector<NumberColumn> numbers;   // each once, however many read it
  std::vector<std::size_t> number_of_base, number_of_range;  // in `numbers`

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

// What a number of a range is divided by.
double unit_of(const Range& range);

// The run that published last; 0 where nothing was published.
std::int64_t publication_of(duck::Connection& connection);

// Reads them in one transaction, by the layer on record, or by `fallback` where there is none.
// Throws ApiError (409 "not_published") where there are no marts, and Error where they are not as
// the layer says.
Facts read_facts(duck::Connection& connection, const Layer& fallback);

}  // namespace gsa::api
