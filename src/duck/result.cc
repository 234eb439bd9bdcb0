#include "duck/result.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "duck/logical_type.h"
#include "duck/result_rows.h"

namespace gsa::duck {
namespace {

std::int64_t read_integer(duckdb_type type, const void* data, idx_t row) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
      return static_cast<const bool*>(data)[row] ? 1 : 0;
    case DUCKDB_TYPE_TINYINT:
      return static_cast<const std::int8_t*>(data)[row];
    case DUCKDB_TYPE_SMALLINT:
      return static_cast<const std::int16_t*>(data)[row];
    case DUCKDB_TYPE_INTEGER:
      return static_cast<const std::int32_t*>(data)[row];
    case DUCKDB_TYPE_BIGINT:
      return static_cast<const std::int64_t*>(data)[row];
    case DUCKDB_TYPE_UTINYINT:
      return static_cast<const std::uint8_t*>(data)[row];
    case DUCKDB_TYPE_USMALLINT:
      return static_cast<const std::uint16_t*>(data)[row];
    case DUCKDB_TYPE_UINTEGER:
      return static_cast<const std::uint32_t*>(data)[row];
    case DUCKDB_TYPE_UBIGINT: {
      const std::uint64_t value = static_cast<const std::uint64_t*>(data)[row];
      check(value <= static_cast<std::uint64_t>(INT64_MAX), "integer fits 64 bits");
      return static_cast<std::int64_t>(value);
    }
    case DUCKDB_TYPE_HUGEINT: {
      const auto& value = static_cast<const duckdb_hugeint*>(data)[row];
      const auto low = static_cast<std::int64_t>(value.lower);
      check(value.upper == (low < 0 ? -1 : 0), "integer fits 64 bits");
      return low;
    }
    default:
      throw Bug("not an integer column", std::source_location::current());
  }
}

// Null is "".
std::string read_text(duckdb_vector vector, idx_t row) {
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) return "";
  duckdb_string_t& value = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector))[row];
  return {duckdb_string_t_data(&value), duckdb_string_t_length(value)};
}

}  // namespace

Result::Result(std::unique_ptr<Rows> rows) : held_(std::move(rows)) {
  duckdb_result result = held_->result.get();
  const idx_t columns = duckdb_column_count(&result);
  for (idx_t c = 0; c < columns; ++c) {
    names_.emplace_back(duckdb_column_name(&result, c));
    held_->types.push_back(duckdb_column_type(&result, c));
    const LogicalType logical(duckdb_column_logical_type(&result, c));
    const duckdb_type type = held_->types.back();
    const bool decimal = type == DUCKDB_TYPE_DECIMAL;
    held_->scales.push_back(decimal ? duckdb_decimal_scale(logical.get()) : std::uint8_t{0});
    held_->storage.push_back(decimal ? duckdb_decimal_internal_type(logical.get()) : type);
  }
  if (duckdb_result_return_type(result) == DUCKDB_RESULT_TYPE_CHANGED_ROWS) {
    rows_changed_ = static_cast<std::int64_t>(duckdb_rows_changed(&result));
  }
  while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result)) {
    held_->first_row.push_back(rows_);
    rows_ += duckdb_data_chunk_get_size(chunk);
    held_->chunks.emplace_back(chunk);
  }
  held_->count = rows_;
}

Result::~Result() = default;
Result::Result(Result&&) noexcept = default;
Result& Result::operator=(Result&&) noexcept = default;

Result::Rows::Cell Result::Rows::cell(std::size_t row, std::size_t column) const {
  check(row < count && column < types.size(), "cell is inside the result");
  const auto after = std::upper_bound(first_row.begin(), first_row.end(), row);
  const auto chunk = static_cast<std::size_t>(after - first_row.begin()) - 1;
  return {duckdb_data_chunk_get_vector(chunks[chunk].get(), column), row - first_row[chunk]};
}

bool Result::is_null(std::size_t row, std::size_t column) const {
  const Rows::Cell found = held_->cell(row, column);
  std::uint64_t* validity = duckdb_vector_get_validity(found.vector);
  return validity != nullptr && !duckdb_validity_row_is_valid(validity, found.row);
}

std::int64_t Result::int64(std::size_t row, std::size_t column) const {
  check(!is_null(row, column), "value is not null");
  check(held_->scales[column] == 0, "decimal has no fraction");
  const Rows::Cell found = held_->cell(row, column);
  return read_integer(held_->storage[column], duckdb_vector_get_data(found.vector), found.row);
}

double Result::float64(std::size_t row, std::size_t column) const {
  if (is_null(row, column)) return std::numeric_limits<double>::quiet_NaN();
  const Rows::Cell found = held_->cell(row, column);
  const void* data = duckdb_vector_get_data(found.vector);
  if (held_->types[column] == DUCKDB_TYPE_DOUBLE)
    return static_cast<const double*>(data)[found.row];
  if (held_->types[column] == DUCKDB_TYPE_FLOAT) {
    return static_cast<double>(static_cast<const float*>(data)[found.row]);
  }
  return static_cast<double>(read_integer(held_->storage[column], data, found.row)) /
         std::pow(10.0, held_->scales[column]);
}

std::string Result::text(std::size_t row, std::size_t column) const {
  check(held_->types[column] == DUCKDB_TYPE_VARCHAR, "column is text");
  const Rows::Cell found = held_->cell(row, column);
  return read_text(found.vector, found.row);
}

std::map<std::string, std::string> Result::map(std::size_t row, std::size_t column) const {
  check(held_->types[column] == DUCKDB_TYPE_MAP, "column is a map");
  std::map<std::string, std::string> entries;
  if (is_null(row, column)) return entries;
  // A map is a list of structs of a key and a value.
  const Rows::Cell found = held_->cell(row, column);
  const duckdb_list_entry list =
      static_cast<const duckdb_list_entry*>(duckdb_vector_get_data(found.vector))[found.row];
  duckdb_vector pairs = duckdb_list_vector_get_child(found.vector);
  duckdb_vector keys = duckdb_struct_vector_get_child(pairs, 0);
  duckdb_vector values = duckdb_struct_vector_get_child(pairs, 1);
  for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
    entries[read_text(keys, i)] = read_text(values, i);
  }
  return entries;
}

std::vector<std::string> Result::texts(std::size_t row, std::size_t column) const {
  check(held_->types[column] == DUCKDB_TYPE_LIST, "column is a list");
  std::vector<std::string> texts;
  if (is_null(row, column)) return texts;
  const Rows::Cell found = held_->cell(row, column);
  const duckdb_list_entry list =
      static_cast<const duckdb_list_entry*>(duckdb_vector_get_data(found.vector))[found.row];
  duckdb_vector elements = duckdb_list_vector_get_child(found.vector);
  for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
    texts.push_back(read_text(elements, i));
  }
  return texts;
}

std::optional<std::string> Result::shown(std::size_t row, std::size_t column) const {
  if (is_null(row, column)) return std::nullopt;
  switch (held_->types[column]) {
    case DUCKDB_TYPE_VARCHAR:
      return text(row, column);
    case DUCKDB_TYPE_BOOLEAN:
      return int64(row, column) != 0 ? "true" : "false";
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
      return fmt::format("{}", float64(row, column));
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
      return fmt::format("{}", int64(row, column));
    default:
      throw Error(fmt::format("column {} has a type that cannot be shown", names_[column]));
  }
}

}  // namespace gsa::duck
