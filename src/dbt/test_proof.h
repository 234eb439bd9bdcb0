#pragma once

// Proves faster that tests pass. In most projects the most expensive tests are about keys: `unique`
// and unique_combination_of_columns group a table by nearly as many values as it has rows, and
// `relationships` joins two tables. If the keys are integers, dates or times, reading them once
// gives the same answer in a tenth of the time. A bitmap holds integers from a narrow range, such
// as ids. All other keys are hashed and the hashes sorted, because equal rows have equal hashes.
//
// Most other tests look at one row at a time: not_null, accepted_values, accepted_range,
// expression_is_true. One query finds out whether any row breaks any of those on one model.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"

namespace gsa::dbt {

// True if `query` is a compiled test of one of these three kinds and returns no row. False proves
// nothing: run the query. Uses at most 1 byte per row for a bitmap, or 8 bytes per row for the
// hashes of at most 16 million rows. Throws duck::SqlError only if it was interrupted.
bool is_proved(duck::Connection& connection, std::string_view query);

// A row test: no row of `model` may satisfy `condition`.
struct RowTest {
  std::string model, condition;  // as SQL
};

// The row test behind a compiled test, if it is one.
std::optional<RowTest> read_row_test(std::string_view query);

// True if no row of the tests' common model satisfies any condition. False proves nothing: a
// condition may hold, or be invalid. Throws duck::SqlError only if it was interrupted.
bool none_holds(duck::Connection& connection, const std::vector<RowTest>& tests);

}  // namespace gsa::dbt
