#include "dbt/test_claim.h"

#include "base/text.h"

namespace gsa::dbt {

TestClaim of_rows(const TestClaim& claim, const ChangedRows& changed) {
  if (const auto* unique = std::get_if<UniqueKey>(&claim)) {
    if (unique->key.model != changed.model || unique->key.sql != changed.key) return claim;
    UniqueKey of = *unique;
    of.key.model = changed.rows;
    return of;
  }
  if (const auto* test = std::get_if<RowTest>(&claim)) {
    // A subquery may be about other rows.
    if (test->model != changed.model ||
        to_lower(test->condition).find("select") != test->condition.npos) {
      return claim;
    }
    RowTest of = *test;
    of.model = changed.rows;
    return of;
  }
  return claim;
}

}  // namespace gsa::dbt
