#pragma once

// Proves faster that tests pass. In most projects the most expensive tests are about keys: `unique`
// and unique_combination_of_columns group a table by nearly as many values as it has rows, and
// `relationships` joins two tables. If the keys are integers, dates or times, reading them once
// gives the same answer in a tenth of the time. A bitmap holds integers from a narrow range, such
// as ids. All other keys are hashed and the hashes sorted, because equal rows have equal hashes.
//
// Most other tests look at one row at a time: not_null, accepted_values, accepted_range,
// expression_is_true. One query finds out whether any row breaks any of those on one model.

#include <vector>

#include "dbt/test_claim.h"
#include "duck/database.h"

namespace gsa::dbt {

// True if the claim holds. False proves nothing: run the test's query. Row tests are for
// none_holds(). Uses at most 1 byte per row for a bitmap, or 8 bytes per row for the hashes of at
// most 16 million rows. Throws duck::SqlError only if it was interrupted.
bool is_proved(duck::Connection& connection, const TestClaim& claim);

// True if no row of the tests' common model satisfies any condition. False proves nothing: a
// condition may hold, or be invalid. Throws duck::SqlError only if it was interrupted.
bool none_holds(duck::Connection& connection, const std::vector<RowTest>& tests);

}  // namespace gsa::dbt
