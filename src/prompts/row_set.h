#pragma once

// A set of a source's row numbers that SQL can filter by. Unlike a join, such a filter goes down
// into the Parquet reader, which then decodes the other columns for the rows of the set alone, and
// it leaves the rows in their order.

#include <cstdint>
#include <string>

#include "duck/database.h"

namespace gsa::prompts {

class RowSet {
 public:
  // For rows from 0 to rows - 1; holds a bit for each.
  explicit RowSet(std::int64_t rows);
  // The rows that the first column of `select` gives; each must be in range.
  RowSet(duck::Connection& connection, const std::string& select, std::int64_t rows);

  void add(std::int64_t row);
  // An SQL expression: whether `row`, an expression of type BIGINT, is in the set.
  std::string contains(const std::string& row) const;

 private:
  std::string bits_;  // row r is bit r % 8 of byte r / 8
};

// Adds gsa_in_rows(bits blob, row bigint) → boolean. Once for a database.
void register_row_set(duck::Connection& connection);

}  // namespace gsa::prompts
