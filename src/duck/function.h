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

#include <duckdb.h>

#include "duck/chunk.h"
#include "duck/database.h"

namespace gsa::duck {

// The type of an argument or of a result.
struct Type {
  duckdb_type id = DUCKDB_TYPE_INVALID;
  std::uint8_t width = 0, scale = 0;  // decimal
  std::vector<std::string> values;    // enum, at most 255
  struct Member;
  std::vector<Member> members;  // struct

  static Type of(duckdb_type id);
  static Type decimal(std::uint8_t width, std::uint8_t scale);
  static Type enumeration(std::vector<std::string> values);
  static Type structure(std::vector<Member> members);
};

struct Type::Member {
  std::string name;
  Type type;
};

// The arguments of a chunk. T must be the C type of the column (DECIMAL and TIMESTAMP: their
// integer). The result is null for rows with a null argument; the bytes of a null are arbitrary.
class Arguments {
 public:
  explicit Arguments(duckdb_data_chunk chunk) : chunk_(chunk) {}

  std::size_t rows() const { return duckdb_data_chunk_get_size(chunk_); }
  template <typename T>
  const T* column(std::size_t index) const {
    return static_cast<const T*>(
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_, index)));
  }
  Texts texts(std::size_t index) const {
    return Texts(duckdb_data_chunk_get_vector(chunk_, index));
  }
  bool is_null(std::size_t column, std::size_t row) const;

 private:
  duckdb_data_chunk chunk_;
};

// The vector to fill with one value for each row of the arguments.
class Output {
 public:
  explicit Output(duckdb_vector vector) : vector_(vector) {}

  template <typename T>
  T* data() {
    return static_cast<T*>(duckdb_vector_get_data(vector_));
  }
  void set_text(std::size_t row, std::string_view value);
  void set_null(std::size_t row);
  Output member(std::size_t index) {  // of a struct
    return Output(duckdb_struct_vector_get_child(vector_, index));
  }

 private:
  duckdb_vector vector_;
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
