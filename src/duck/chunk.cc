#include "duck/chunk.h"

#include <cstring>
#include <type_traits>

#include <duckdb.h>

namespace gsa::duck {

static_assert(std::is_same_v<duckdb_vector, _duckdb_vector*> &&
              std::is_same_v<duckdb_data_chunk, _duckdb_data_chunk*>);
static_assert(sizeof(Texts::Cell) == sizeof(duckdb_string_t) &&
              alignof(Texts::Cell) == alignof(duckdb_string_t) &&
              offsetof(Texts::Cell, text) == offsetof(duckdb_string_t, value.pointer.ptr) &&
              offsetof(Texts::Cell, begin) == offsetof(duckdb_string_t, value.inlined.inlined) &&
              sizeof(duckdb_string_t{}.value.inlined.inlined) == Texts::kInlined);

Texts::Texts(_duckdb_vector* vector)
    : cells_(static_cast<const Cell*>(duckdb_vector_get_data(vector))),
      validity_(duckdb_vector_get_validity(vector)) {}

std::size_t Chunk::rows() const { return duckdb_data_chunk_get_size(chunk_); }

std::size_t Chunk::columns() const { return duckdb_data_chunk_get_column_count(chunk_); }

bool Chunk::is_null(std::size_t column, std::size_t row) const {
  std::uint64_t* validity = duckdb_vector_get_validity(vector(column));
  return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
}

Texts Chunk::texts(std::size_t column) const { return Texts(vector(column)); }

_duckdb_vector* Chunk::vector(std::size_t column) const {
  return duckdb_data_chunk_get_vector(chunk_, column);
}

const void* Chunk::data(std::size_t column) const { return duckdb_vector_get_data(vector(column)); }

}  // namespace gsa::duck
