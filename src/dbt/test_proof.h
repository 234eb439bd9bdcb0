#pragma once

// The dearest tests of most projects are about keys: `unique` and unique_combination_of_columns
// group a table by nearly as many values as it has rows, `relationships` joins two tables. Where
// the keys are integers, dates or times, reading them once tells the same in a tenth of the time:
// a bitmap holds integers that lie close together, as ids do, and the hashes of all others are
// sorted, since rows that are equal have equal hashes.

#include <string_view>

#include "duck/database.h"

namespace gsa::dbt {

// True if `query` is one of these three tests, compiled, and returns no row. False says nothing:
// the query has to be run. Holds at most 1 byte a row in a bitmap, or 8 in hashes, for at most 16
// million rows. Throws duck::SqlError only where it was interrupted.
bool is_proved(duck::Connection& connection, std::string_view query);

}  // namespace gsa::dbt
