#pragma once

// One column's values as JSON; see query_json.h for what becomes of each type.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <duckdb.h>

namespace gsa::duck {

enum class JsonStyle {
  exact,  // for JavaScript: text for numbers that a double does not hold, pairs for maps
  plain,  // for other programs: numbers for numbers, objects for maps
};

class JsonEncoder {
 public:
  explicit JsonEncoder(duckdb_logical_type type, JsonStyle style = JsonStyle::exact);

  // False if the column must be cast to text before it can be written.
  bool is_supported() const;
  const std::string& type_name() const { return name_; }  // "DECIMAL(14,4)[]"
  const char* kind() const;

  // Appends the value. `vector` must have this encoder's type. Throws Error once `out` is longer
  // than `max_bytes`, because one list may have more elements than memory has bytes.
  void write(duckdb_vector vector, idx_t row, std::size_t max_bytes, std::string& out) const;

 private:
  void write_value(duckdb_vector vector, idx_t row, std::size_t max_bytes, std::string& out) const;
  void write_number(std::string_view digits, bool fits_double, std::string& out) const;
  void write_double(double value, std::string_view digits, std::string& out) const;
  void write_integer(std::int64_t value, std::string& out) const;
  void write_decimal(std::string digits, std::string& out) const;
  void write_list(duckdb_vector vector, idx_t row, std::size_t max_bytes, std::string& out) const;
  void write_map(duckdb_vector vector, idx_t row, std::size_t max_bytes, std::string& out) const;
  void write_struct(duckdb_vector vector, idx_t row, std::size_t max_bytes, std::string& out) const;
  std::string cast_text(const void* data, idx_t row) const;
  void name_type(duckdb_logical_type type);

  JsonStyle style_ = JsonStyle::exact;
  duckdb_type id_ = DUCKDB_TYPE_INVALID;
  std::string name_;
  std::vector<JsonEncoder> children_;
  std::vector<std::string> names_;  // of a struct's members, or an enum's values
  std::uint8_t width_ = 0, scale_ = 0;
  duckdb_type storage_ = DUCKDB_TYPE_INVALID;  // of a decimal or enum
  idx_t array_size_ = 0;
};

}  // namespace gsa::duck
