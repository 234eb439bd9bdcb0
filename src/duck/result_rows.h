#pragma once

// The rows of a Result as DuckDB holds them, for the sources of this module.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <duckdb.h>

#include "duck/handle.h"
#include "duck/result.h"

namespace gsa::duck {

inline void destroy_result(duckdb_result* result) {
  if (result->internal_data != nullptr) duckdb_destroy_result(result);
}
using ResultHandle = Handle<duckdb_result, destroy_result>;
using ChunkHandle = Handle<duckdb_data_chunk, duckdb_destroy_data_chunk>;

struct Result::Rows {
  explicit Rows(ResultHandle handle) : result(std::move(handle)) {}

  struct Cell {
    duckdb_vector vector;
    idx_t row;
  };
  Cell cell(std::size_t row, std::size_t column) const;

  ResultHandle result;
  std::vector<ChunkHandle> chunks;
  std::vector<std::size_t> first_row;  // of each chunk
  std::vector<duckdb_type> types;
  std::vector<std::uint8_t> scales;
  std::vector<duckdb_type> storage;  // of decimals: the integer type beneath
  std::size_t count = 0;
};

}  // namespace gsa::duck
