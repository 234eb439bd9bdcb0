#pragma once

// A set of a source's row numbers as an SQL filter. Unlike a join, DuckDB pushes such a filter down
// into the Parquet reader, which then decodes the other columns only for rows of the set; and the
// rows keep their order.

#include <cstdint>
#include <string>

#include "duck/database.h"

namespace gsa::prompts {

class RowSet {
 public:
  // Covers rows 0 to rows - 1; takes a bit for each.
  explicit RowSet(std::int64_t rows);
  // The rows in the first column of `select`; each must be in range.
  RowSet(duck::Connection& connection, const std::string& select, std::int64_t rows);

  void add(std::int64_t row);
  std::int64_t size() const;
  // An SQL expression that tells whether `row`, a BIGINT expression, is in the set.
  std::string contains(const std::string& row) const;

 private:
  std::string bits_;  // row r is bit r % 8 of byte r / 8
};

// Adds gsa_in_rows(bits blob, row bigint) → boolean. Call it once per database.
void register_row_set(duck::Connection& connection);

}  // namespace gsa::prompts
