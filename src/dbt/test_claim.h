#pragma once

// What a generic test of dbt or dbt_utils says of its model, in SQL: what test_proof.h needs to
// prove it without the test's own query.

#include <string>
#include <variant>

namespace gsa::dbt {

// An SQL expression, or several with commas, over the rows of a relation or of a query in
// parentheses.
struct TestKey {
  std::string sql, model;
};

// The key differs in all rows.
struct UniqueKey {
  TestKey key;
  bool ignores_null = false;  // rows whose key is null do not count; else null equals null
};

// Each value of `child` that is not null is a value of `parent`.
struct Relationship {
  TestKey child, parent;
};

// No row of `model` satisfies `condition`.
struct RowTest {
  std::string model, condition;
  bool asks_for_null = false;  // the condition is that a column is null
  auto operator<=>(const RowTest&) const = default;
};

using TestClaim = std::variant<UniqueKey, Relationship, RowTest>;

// The only rows of a model that can break what held for it before.
struct ChangedRows {
  std::string model, rows;  // relations, as SQL
  std::string key;          // a column: all other rows of the model have other values of it
};

// What is left to prove of the claim: the claim itself, or that the rows keep to it.
TestClaim of_rows(const TestClaim& claim, const ChangedRows& changed);

}  // namespace gsa::dbt
