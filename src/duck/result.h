#pragma once

// All rows of a query in memory: for small results. Read large ones with Connection::stream_text.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <duckdb.h>

#include "duck/handle.h"

namespace gsa::duck {

inline void destroy_result(duckdb_result* result) {
  if (result->internal_data != nullptr) duckdb_destroy_result(result);
}
using ResultHandle = Handle<duckdb_result, destroy_result>;
using ChunkHandle = Handle<duckdb_data_chunk, duckdb_destroy_data_chunk>;

class Result {
 public:
  explicit Result(ResultHandle result);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return names_.size(); }
  const std::string& name(std::size_t column) const { return names_[column]; }
  // Rows changed by an INSERT, UPDATE, DELETE or CREATE TABLE AS; 0 for others.
  std::int64_t rows_changed() const { return rows_changed_; }

  bool is_null(std::size_t row, std::size_t column) const;
  // Any integer, boolean or decimal-with-scale-0 column; throws Bug for another type or null.
  std::int64_t int64(std::size_t row, std::size_t column) const;
  // Any numeric column; null is NaN.
  double float64(std::size_t row, std::size_t column) const;
  // A VARCHAR column (cast others in the query); null is "".
  std::string text(std::size_t row, std::size_t column) const;
  // A MAP(VARCHAR, VARCHAR) column. Null gives an empty map, and a null value "".
  std::map<std::string, std::string> map(std::size_t row, std::size_t column) const;
  // A text, number or boolean as text; nullopt is null. Throws Error for other types.
  std::optional<std::string> shown(std::size_t row, std::size_t column) const;

 private:
  struct Cell {
    duckdb_vector vector;
    idx_t row;
  };
  Cell cell(std::size_t row, std::size_t column) const;

  ResultHandle result_;
  std::vector<ChunkHandle> chunks_;
  std::vector<std::size_t> first_row_;  // of each chunk
  std::vector<std::string> names_;
  std::vector<duckdb_type> types_;
  std::vector<std::uint8_t> scales_;
  std::vector<duckdb_type> storage_;  // of decimals: the integer type beneath
  std::size_t rows_ = 0;
  std::int64_t rows_changed_ = 0;
};

}  // namespace gsa::duck
