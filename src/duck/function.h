#pragma once

// Scalar SQL functions written in C++, called with chunks of up to 2,048 rows. DuckDB calls them
// from several threads and in any order, and may call a pure function only once for equal
// arguments.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "duck/chunk.h"
#include "duck/database.h"
#include "duck/type.h"

namespace gsa::duck {

// The arguments of a chunk. T must be the C type of the column (DECIMAL and TIMESTAMP: their
// integer). The result is null for rows with a null argument; the bytes of a null are arbitrary.
class Arguments {
 public:
  explicit Arguments(_duckdb_data_chunk* chunk) : chunk_(chunk) {}

  std::size_t rows() const { return chunk_.rows(); }
  template <typename T>
  const T* column(std::size_t index) const {
    return chunk_.column<T>(index);
  }
  Texts texts(std::size_t index) const { return chunk_.texts(index); }
  bool is_null(std::size_t column, std::size_t row) const { return chunk_.is_null(column, row); }

 private:
  Chunk chunk_;
};

// The vector to fill with one value for each row of the arguments.
class Output {
 public:
  explicit Output(_duckdb_vector* vector) : vector_(vector) {}

  template <typename T>
  T* data() {
    return static_cast<T*>(bytes());
  }
  void set_text(std::size_t row, std::string_view value);
  void set_null(std::size_t row);
  Output member(std::size_t index);  // of a struct

 private:
  void* bytes();

  _duckdb_vector* vector_;
};

struct ScalarFunction {
  std::string name;
  std::vector<Type> parameters;
  Type result;
  std::function<void(const Arguments&, Output&)> call;  // an exception becomes an SQL error
  bool is_pure = true;  // false: called once for each row of its SELECT
};

// Registers the function for the whole database. The name must be new.
void register_function(Connection& connection, ScalarFunction function);

}  // namespace gsa::duck
