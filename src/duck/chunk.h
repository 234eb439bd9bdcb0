#pragma once

// Rows of a query as DuckDB hands them out, up to 2,048 at once and column by column: for reading
// millions of rows without a copy of each.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "duck/c_objects.h"

namespace gsa::duck {

// A VARCHAR column; valid as long as its chunk.
class Texts {
 public:
  explicit Texts(_duckdb_vector* vector);

  bool is_null(std::size_t row) const {
    return validity_ != nullptr && ((validity_[row / 64] >> (row % 64)) & 1) == 0;
  }
  // The value must not be null.
  std::string_view operator[](std::size_t row) const {
    const Cell& cell = cells_[row];
    return {cell.length <= kInlined ? &cell.begin[0] : cell.text, cell.length};
  }

  // How DuckDB stores a text (duckdb_string_t): up to kInlined bytes follow the length, of a longer
  // one its first four and where it is.
  struct Cell {
    std::uint32_t length;
    char begin[4];
    const char* text;
  };
  static constexpr std::uint32_t kInlined = 12;

 private:
  const Cell* cells_;
  const std::uint64_t* validity_;
};

// Valid only during the callback that receives it.
class Chunk {
 public:
  explicit Chunk(_duckdb_data_chunk* chunk) : chunk_(chunk) {}

  std::size_t rows() const;
  std::size_t columns() const;
  // T must be the C type of the column (DECIMAL, DATE and TIMESTAMP: their integer). What stands in
  // the place of a null is arbitrary.
  template <typename T>
  const T* column(std::size_t index) const {
    return static_cast<const T*>(data(index));
  }
  bool is_null(std::size_t column, std::size_t row) const;
  // Of a VARCHAR that is not null.
  std::string_view text(std::size_t column, std::size_t row) const { return texts(column)[row]; }
  Texts texts(std::size_t column) const;

  _duckdb_vector* vector(std::size_t column) const;  // for src/duck

 private:
  const void* data(std::size_t column) const;

  _duckdb_data_chunk* chunk_;
};

}  // namespace gsa::duck
