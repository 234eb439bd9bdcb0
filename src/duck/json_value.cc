#include "duck/json_value.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "duck/handle.h"

namespace gsa::duck {
namespace {

using LogicalType = Handle<duckdb_logical_type, duckdb_destroy_logical_type>;
using ValueHandle = Handle<duckdb_value, duckdb_destroy_value>;

constexpr std::int64_t kMaxExact = (std::int64_t{1} << 53) - 1;

std::string take_text(char* text) {
  std::string copy = text != nullptr ? text : "";
  duckdb_free(text);
  return copy;
}

std::string text_of(duckdb_value value) {
  const ValueHandle owned(value);
  return take_text(duckdb_get_varchar(owned.get()));
}

const char* plain_name(duckdb_type id) {
  switch (id) {
    case DUCKDB_TYPE_BOOLEAN:
      return "BOOLEAN";
    case DUCKDB_TYPE_TINYINT:
      return "TINYINT";
    case DUCKDB_TYPE_SMALLINT:
      return "SMALLINT";
    case DUCKDB_TYPE_INTEGER:
      return "INTEGER";
    case DUCKDB_TYPE_BIGINT:
      return "BIGINT";
    case DUCKDB_TYPE_UTINYINT:
      return "UTINYINT";
    case DUCKDB_TYPE_USMALLINT:
      return "USMALLINT";
    case DUCKDB_TYPE_UINTEGER:
      return "UINTEGER";
    case DUCKDB_TYPE_UBIGINT:
      return "UBIGINT";
    case DUCKDB_TYPE_HUGEINT:
      return "HUGEINT";
    case DUCKDB_TYPE_UHUGEINT:
      return "UHUGEINT";
    case DUCKDB_TYPE_FLOAT:
      return "FLOAT";
    case DUCKDB_TYPE_DOUBLE:
      return "DOUBLE";
    case DUCKDB_TYPE_VARCHAR:
      return "VARCHAR";
    case DUCKDB_TYPE_BLOB:
      return "BLOB";
    case DUCKDB_TYPE_DATE:
      return "DATE";
    case DUCKDB_TYPE_TIME:
      return "TIME";
    case DUCKDB_TYPE_TIME_TZ:
      return "TIME WITH TIME ZONE";
    case DUCKDB_TYPE_TIMESTAMP:
      return "TIMESTAMP";
    case DUCKDB_TYPE_TIMESTAMP_S:
      return "TIMESTAMP_S";
    case DUCKDB_TYPE_TIMESTAMP_MS:
      return "TIMESTAMP_MS";
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return "TIMESTAMP_NS";
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return "TIMESTAMP WITH TIME ZONE";
    case DUCKDB_TYPE_INTERVAL:
      return "INTERVAL";
    case DUCKDB_TYPE_UUID:
      return "UUID";
    case DUCKDB_TYPE_BIT:
      return "BIT";
    case DUCKDB_TYPE_UNION:
      return "UNION";
    case DUCKDB_TYPE_BIGNUM:
      return "BIGNUM";
    case DUCKDB_TYPE_SQLNULL:
      return "NULL";
    default:
      return "";
  }
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t block = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto byte = k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U;
      block = block << 8 | byte;
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kDigits[block >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

// As DuckDB casts bytes to text: "a\xFF".
std::string blob_text(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const bool is_plain = c >= ' ' && c <= '~' && c != '\\' && c != '\'' && c != '"';
    text += is_plain ? std::string(1, c) : fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  }
  return text;
}

bool is_null(duckdb_vector vector, idx_t row) {
  std::uint64_t* validity = duckdb_vector_get_validity(vector);
  return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
}

template <typename T>
T at(const void* data, idx_t row) {
  return static_cast<const T*>(data)[row];
}

std::string_view string_at(const void* data, idx_t row) {
  auto* text = const_cast<duckdb_string_t*>(static_cast<const duckdb_string_t*>(data) + row);
  return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

idx_t enum_code(duckdb_type storage, const void* data, idx_t row) {
  switch (storage) {
    case DUCKDB_TYPE_UTINYINT:
      return at<std::uint8_t>(data, row);
    case DUCKDB_TYPE_USMALLINT:
      return at<std::uint16_t>(data, row);
    default:
      return at<std::uint32_t>(data, row);
  }
}

duckdb_hugeint decimal_at(duckdb_type storage, const void* data, idx_t row) {
  std::int64_t value = 0;
  switch (storage) {
    case DUCKDB_TYPE_SMALLINT:
      value = at<std::int16_t>(data, row);
      break;
    case DUCKDB_TYPE_INTEGER:
      value = at<std::int32_t>(data, row);
      break;
    case DUCKDB_TYPE_BIGINT:
      value = at<std::int64_t>(data, row);
      break;
    default:
      return at<duckdb_hugeint>(data, row);
  }
  return {static_cast<std::uint64_t>(value), value < 0 ? -1 : 0};
}

}  // namespace

JsonEncoder::JsonEncoder(duckdb_logical_type type, JsonStyle style)
    : style_(style), id_(duckdb_get_type_id(type)) {
  const auto add_child = [&](duckdb_logical_type child) {
    const LogicalType owned(child);
    children_.emplace_back(owned.get(), style);
  };
  switch (id_) {
    case DUCKDB_TYPE_DECIMAL:
      width_ = duckdb_decimal_width(type);
      scale_ = duckdb_decimal_scale(type);
      storage_ = duckdb_decimal_internal_type(type);
      break;
    case DUCKDB_TYPE_ENUM:
      storage_ = duckdb_enum_internal_type(type);
      for (idx_t i = 0; i < duckdb_enum_dictionary_size(type); ++i) {
        names_.push_back(take_text(duckdb_enum_dictionary_value(type, i)));
      }
      break;
    case DUCKDB_TYPE_LIST:
      add_child(duckdb_list_type_child_type(type));
      break;
    case DUCKDB_TYPE_ARRAY:
      add_child(duckdb_array_type_child_type(type));
      array_size_ = duckdb_array_type_array_size(type);
      break;
    case DUCKDB_TYPE_STRUCT:
      for (idx_t i = 0; i < duckdb_struct_type_child_count(type); ++i) {
        names_.push_back(take_text(duckdb_struct_type_child_name(type, i)));
        add_child(duckdb_struct_type_child_type(type, i));
      }
      break;
    case DUCKDB_TYPE_MAP:
      add_child(duckdb_map_type_key_type(type));
      add_child(duckdb_map_type_value_type(type));
      break;
    default:
      break;
  }
  name_type(type);
}

void JsonEncoder::name_type(duckdb_logical_type type) {
  if (char* alias = duckdb_logical_type_get_alias(type)) {
    name_ = take_text(alias);
    return;
  }
  std::vector<std::string> parts;
  switch (id_) {
    case DUCKDB_TYPE_DECIMAL:
      name_ = fmt::format("DECIMAL({},{})", width_, scale_);
      break;
    case DUCKDB_TYPE_ENUM:
      for (const std::string& name : names_) parts.push_back(sql_quote(name));
      name_ = "ENUM(" + join(parts, ", ") + ")";
      break;
    case DUCKDB_TYPE_LIST:
      name_ = children_.front().name_ + "[]";
      break;
    case DUCKDB_TYPE_ARRAY:
      name_ = fmt::format("{}[{}]", children_.front().name_, array_size_);
      break;
    case DUCKDB_TYPE_STRUCT:
      for (std::size_t i = 0; i < names_.size(); ++i) {
        const bool plain = !names_[i].empty() && !is_digit(names_[i].front()) &&
                           std::all_of(names_[i].begin(), names_[i].end(), is_word_character);
        parts.push_back((plain ? names_[i] : sql_name(names_[i])) + " " + children_[i].name_);
      }
      name_ = "STRUCT(" + join(parts, ", ") + ")";
      break;
    case DUCKDB_TYPE_MAP:
      name_ = "MAP(" + children_[0].name_ + ", " + children_[1].name_ + ")";
      break;
    default:
      name_ = plain_name(id_);
  }
}

bool JsonEncoder::is_supported() const {
  switch (id_) {
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_ARRAY:
    case DUCKDB_TYPE_STRUCT:
    case DUCKDB_TYPE_MAP:
      for (const JsonEncoder& child : children_) {
        if (!child.is_supported()) return false;
      }
      return true;
    case DUCKDB_TYPE_BIT:
    case DUCKDB_TYPE_UNION:
    case DUCKDB_TYPE_BIGNUM:
      return false;
    case DUCKDB_TYPE_DECIMAL:
    case DUCKDB_TYPE_ENUM:
      return true;
    default:
      return *plain_name(id_) != 0;
  }
}

const char* JsonEncoder::kind() const {
  switch (id_) {
    case DUCKDB_TYPE_BOOLEAN:
      return "boolean";
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
      return "integer";
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
      return "number";
    case DUCKDB_TYPE_DECIMAL:
      return "decimal";
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_ENUM:
    case DUCKDB_TYPE_UUID:
      return "text";
    case DUCKDB_TYPE_DATE:
      return "date";
    case DUCKDB_TYPE_TIME:
    case DUCKDB_TYPE_TIME_TZ:
      return "time";
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return "timestamp";
    case DUCKDB_TYPE_INTERVAL:
      return "interval";
    case DUCKDB_TYPE_BLOB:
      return "blob";
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_ARRAY:
      return "list";
    case DUCKDB_TYPE_STRUCT:
      return "struct";
    case DUCKDB_TYPE_MAP:
      return "map";
    default:
      return "other";
  }
}

void JsonEncoder::write(duckdb_vector vector, idx_t row, std::size_t max_bytes,
                        std::string& out) const {
  if (id_ == DUCKDB_TYPE_SQLNULL || is_null(vector, row)) {
    out += "null";
  } else {
    write_value(vector, row, max_bytes, out);
  }
  if (out.size() > max_bytes) {
    throw Error(fmt::format("a row is longer than {} bytes",
                            with_thousands(static_cast<std::int64_t>(max_bytes))),
                "select fewer or shorter values");
  }
}

void JsonEncoder::write_value(duckdb_vector vector, idx_t row, std::size_t max_bytes,
                              std::string& out) const {
  const void* data = duckdb_vector_get_data(vector);
  switch (id_) {
    case DUCKDB_TYPE_BOOLEAN:
      out += at<bool>(data, row) ? "true" : "false";
      break;
    case DUCKDB_TYPE_TINYINT:
      write_integer(at<std::int8_t>(data, row), out);
      break;
    case DUCKDB_TYPE_SMALLINT:
      write_integer(at<std::int16_t>(data, row), out);
      break;
    case DUCKDB_TYPE_INTEGER:
      write_integer(at<std::int32_t>(data, row), out);
      break;
    case DUCKDB_TYPE_BIGINT:
      write_integer(at<std::int64_t>(data, row), out);
      break;
    case DUCKDB_TYPE_UTINYINT:
      write_integer(at<std::uint8_t>(data, row), out);
      break;
    case DUCKDB_TYPE_USMALLINT:
      write_integer(at<std::uint16_t>(data, row), out);
      break;
    case DUCKDB_TYPE_UINTEGER:
      write_integer(at<std::uint32_t>(data, row), out);
      break;
    case DUCKDB_TYPE_UBIGINT: {
      const auto value = at<std::uint64_t>(data, row);
      write_number(fmt::format("{}", value), value <= static_cast<std::uint64_t>(kMaxExact), out);
      break;
    }
    case DUCKDB_TYPE_HUGEINT: {
      const auto value = at<duckdb_hugeint>(data, row);
      const auto low = static_cast<std::int64_t>(value.lower);
      if (value.upper == (low < 0 ? -1 : 0)) {
        write_integer(low, out);
      } else {
        write_number(text_of(duckdb_create_hugeint(value)), false, out);
      }
      break;
    }
    case DUCKDB_TYPE_UHUGEINT: {
      const auto value = at<duckdb_uhugeint>(data, row);
      if (value.upper == 0 && value.lower <= static_cast<std::uint64_t>(kMaxExact)) {
        write_integer(static_cast<std::int64_t>(value.lower), out);
      } else {
        write_number(text_of(duckdb_create_uhugeint(value)), false, out);
      }
      break;
    }
    case DUCKDB_TYPE_FLOAT: {  // the fewest digits that still identify the float
      const auto value = at<float>(data, row);
      write_double(static_cast<double>(value), fmt::format("{}", value), out);
      break;
    }
    case DUCKDB_TYPE_DOUBLE: {
      const auto value = at<double>(data, row);
      write_double(value, fmt::format("{}", value), out);
      break;
    }
    case DUCKDB_TYPE_DECIMAL:
      write_decimal(cast_text(data, row), out);
      break;
    case DUCKDB_TYPE_VARCHAR:
      if (style_ == JsonStyle::plain && name_ == "JSON") {
        out += string_at(data, row);
      } else {
        out += json_quote(string_at(data, row));
      }
      break;
    case DUCKDB_TYPE_BLOB:
      out += json_quote(style_ == JsonStyle::plain ? blob_text(string_at(data, row))
                                                   : base64(string_at(data, row)));
      break;
    case DUCKDB_TYPE_ENUM:
      out += json_quote(names_[enum_code(storage_, data, row)]);
      break;
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_ARRAY:
      write_list(vector, row, max_bytes, out);
      break;
    case DUCKDB_TYPE_MAP:
      write_map(vector, row, max_bytes, out);
      break;
    case DUCKDB_TYPE_STRUCT:
      write_struct(vector, row, max_bytes, out);
      break;
    default:
      out += json_quote(cast_text(data, row));
  }
}

void JsonEncoder::write_number(std::string_view digits, bool fits_double, std::string& out) const {
  const bool quoted = style_ == JsonStyle::exact && !fits_double;
  if (quoted) out += '"';
  out += digits;
  if (quoted) out += '"';
}

void JsonEncoder::write_integer(std::int64_t value, std::string& out) const {
  write_number(fmt::format_int(value).str(), value <= kMaxExact && value >= -kMaxExact, out);
}

// JSON has no NaN and no infinities.
void JsonEncoder::write_double(double value, std::string_view digits, std::string& out) const {
  if (std::isfinite(value)) {
    out += digits;
    const bool looks_whole = digits.find_first_of(".e") == std::string_view::npos;
    if (style_ == JsonStyle::plain && looks_whole) out += ".0";
  } else if (style_ == JsonStyle::plain) {
    out += "null";
  } else {
    out += std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  }
}

// As a number, without zeros at its end: "12.34", "12.0".
void JsonEncoder::write_decimal(std::string digits, std::string& out) const {
  if (style_ == JsonStyle::plain && scale_ > 0) {
    const std::size_t point = digits.find('.');
    digits.resize(std::max(digits.find_last_not_of('0'), point + 1) + 1);
  }
  write_number(digits, false, out);
}

// The text of types that DuckDB itself formats.
std::string JsonEncoder::cast_text(const void* data, idx_t row) const {
  switch (id_) {
    case DUCKDB_TYPE_DECIMAL:
      return text_of(duckdb_create_decimal({width_, scale_, decimal_at(storage_, data, row)}));
    case DUCKDB_TYPE_DATE:
      return text_of(duckdb_create_date(at<duckdb_date>(data, row)));
    case DUCKDB_TYPE_TIME:
      return text_of(duckdb_create_time(at<duckdb_time>(data, row)));
    case DUCKDB_TYPE_TIME_TZ:
      return text_of(duckdb_create_time_tz_value(at<duckdb_time_tz>(data, row)));
    case DUCKDB_TYPE_TIMESTAMP:
      return text_of(duckdb_create_timestamp(at<duckdb_timestamp>(data, row)));
    case DUCKDB_TYPE_TIMESTAMP_S:
      return text_of(duckdb_create_timestamp_s(at<duckdb_timestamp_s>(data, row)));
    case DUCKDB_TYPE_TIMESTAMP_MS:
      return text_of(duckdb_create_timestamp_ms(at<duckdb_timestamp_ms>(data, row)));
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return text_of(duckdb_create_timestamp_ns(at<duckdb_timestamp_ns>(data, row)));
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return text_of(duckdb_create_timestamp_tz(at<duckdb_timestamp>(data, row)));
    case DUCKDB_TYPE_INTERVAL:
      return text_of(duckdb_create_interval(at<duckdb_interval>(data, row)));
    default: {  // UUID: DuckDB stores it with the highest bit flipped, so that it sorts
      const auto stored = at<duckdb_hugeint>(data, row);
      const auto upper = static_cast<std::uint64_t>(stored.upper) ^ (std::uint64_t{1} << 63);
      return text_of(duckdb_create_uuid({stored.lower, upper}));
    }
  }
}

void JsonEncoder::write_list(duckdb_vector vector, idx_t row, std::size_t max_bytes,
                             std::string& out) const {
  const bool is_array = id_ == DUCKDB_TYPE_ARRAY;
  duckdb_list_entry entry{row * array_size_, array_size_};
  if (!is_array) entry = at<duckdb_list_entry>(duckdb_vector_get_data(vector), row);
  duckdb_vector child =
      is_array ? duckdb_array_vector_get_child(vector) : duckdb_list_vector_get_child(vector);
  out += '[';
  for (idx_t i = 0; i < entry.length; ++i) {
    if (i > 0) out += ',';
    children_.front().write(child, entry.offset + i, max_bytes, out);
  }
  out += ']';
}

// A map is a list of structs of key and value.
void JsonEncoder::write_map(duckdb_vector vector, idx_t row, std::size_t max_bytes,
                            std::string& out) const {
  const bool as_object = style_ == JsonStyle::plain;
  const auto entry = at<duckdb_list_entry>(duckdb_vector_get_data(vector), row);
  duckdb_vector pairs = duckdb_list_vector_get_child(vector);
  out += as_object ? '{' : '[';
  for (idx_t i = 0; i < entry.length; ++i) {
    std::string key;
    children_[0].write(duckdb_struct_vector_get_child(pairs, 0), entry.offset + i, max_bytes, key);
    if (i > 0) out += ',';
    if (!as_object) out += '[';
    out += as_object && !key.starts_with('"') ? json_quote(key) : key;
    out += as_object ? ':' : ',';
    children_[1].write(duckdb_struct_vector_get_child(pairs, 1), entry.offset + i, max_bytes, out);
    if (!as_object) out += ']';
  }
  out += as_object ? '}' : ']';
}

void JsonEncoder::write_struct(duckdb_vector vector, idx_t row, std::size_t max_bytes,
                               std::string& out) const {
  out += '{';
  for (std::size_t i = 0; i < children_.size(); ++i) {
    if (i > 0) out += ',';
    out += json_quote(names_[i]) + ':';
    children_[i].write(duckdb_struct_vector_get_child(vector, i), row, max_bytes, out);
  }
  out += '}';
}

}  // namespace gsa::duck
