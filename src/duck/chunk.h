#pragma once

// Rows of a query as DuckDB hands them out, up to 2,048 at once and column by column: for reading
// millions of rows without a copy of each.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <duckdb.h>

namespace gsa::duck {

// A VARCHAR column; valid as long as its chunk.
class Texts {
 public:
  explicit Texts(duckdb_vector vector)
      : texts_(static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector))),
        validity_(duckdb_vector_get_validity(vector)) {}

  bool is_null(std::size_t row) const {
    return validity_ != nullptr && ((validity_[row / 64] >> (row % 64)) & 1) == 0;
  }
  // The value must not be null.
  std::string_view operator[](std::size_t row) const {
    return {duckdb_string_t_data(texts_ + row), duckdb_string_t_length(texts_[row])};
  }

 private:
  duckdb_string_t* texts_;
  const std::uint64_t* validity_;
};

// Valid only during the callback that receives it.
class Chunk {
 public:
  explicit Chunk(duckdb_data_chunk chunk) : chunk_(chunk) {}

  std::size_t rows() const { return duckdb_data_chunk_get_size(chunk_); }
  std::size_t columns() const { return duckdb_data_chunk_get_column_count(chunk_); }
  // T must be the C type of the column (DECIMAL, DATE and TIMESTAMP: their integer). The bytes of a
  // null are arbitrary.
  template <typename T>
  const T* column(std::size_t index) const {
    return static_cast<const T*>(duckdb_vector_get_data(vector(index)));
  }
  bool is_null(std::size_t column, std::size_t row) const {
    auto* validity = duckdb_vector_get_validity(vector(column));
    return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
  }
  // The column must be a VARCHAR and the value not null.
  std::string_view text(std::size_t column, std::size_t row) const {
    return Texts(vector(column))[row];
  }
  duckdb_vector vector(std::size_t column) const {
    return duckdb_data_chunk_get_vector(chunk_, column);
  }

 private:
  duckdb_data_chunk chunk_;
};

}  // namespace gsa::duck
