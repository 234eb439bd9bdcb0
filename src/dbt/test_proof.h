#pragma once

// The dearest tests of most projects are about keys: `unique` and unique_combination_of_columns
// group a table by nearly as many values as it has rows, `relationships` joins two tables. Where
// the keys are integers, dates or times, reading them once tells the same in a tenth of the time:
// a bitmap holds integers that lie close together, as ids do, and the hashes of all others are
// sorted, since rows that are equal have equal hashes.
//
// The many others look at one row at a time: not_null, accepted_values, accepted_range,
// expression_is_true. Those of one model are asked all at once whether any row breaks any of them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"

namespace gsa::dbt {

// True if `query` is one of these three tests, compiled, and returns no row. False says nothing:
// the query has to be run. Holds at most 1 byte a row in a bitmap, or 8 in hashes, for at most 16
// million rows. Throws duck::SqlError only where it was interrupted.
bool is_proved(duck::Connection& connection, std::string_view query);

// What a test asks that looks at one row at a time: no row of `model` may fulfil `condition`.
struct RowTest {
  std::string model, condition;  // as SQL
};

// That of a compiled test, if it is such a test.
std::optional<RowTest> read_row_test(std::string_view query);

// True if no row of the model, which all of them have, fulfils a condition. False says nothing: one
// of them may hold, or be wrong. Throws duck::SqlError only where it was interrupted.
bool none_holds(duck::Connection& connection, const std::vector<RowTest>& tests);

}  // namespace gsa::dbt
