#pragma once

// Columns of the facts: attributes as codes, numbers as the smallest integers that fit. A column
// with the same value in every row takes no memory. Each visit() calls `each` once with a function
// from row to value, so that the width is chosen once per column, not per row.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include "api/coded_value.h"

namespace gsa::api {

struct CodeColumn {
  std::vector<Value> values;  // by code, in order of display; null is last
  std::vector<bool> occurs;   // by code
  std::variant<std::uint16_t, std::vector<std::uint8_t>, std::vector<std::uint16_t>> codes;

  // With up to this many values, a code takes one byte per row.
  static constexpr std::size_t kNarrow = 255;

  template <typename Each>
  void visit(const Each& each) const {
    if (const auto* constant = std::get_if<std::uint16_t>(&codes)) {
      return each([code = std::uint32_t{*constant}](std::size_t) { return code; });
    }
    if (const auto* narrow = std::get_if<std::vector<std::uint8_t>>(&codes)) {
      return each([data = narrow->data()](std::size_t row) { return std::uint32_t{data[row]}; });
    }
    const auto* data = std::get<std::vector<std::uint16_t>>(codes).data();
    each([data](std::size_t row) { return std::uint32_t{data[row]}; });
  }
  std::uint32_t operator[](std::size_t row) const {
    std::uint32_t found = 0;
    visit([&](const auto& code_of) { found = code_of(row); });
    return found;
  }
};

struct NumberColumn {
  std::variant<std::int64_t, std::vector<std::int8_t>, std::vector<std::int16_t>,
               std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<double>>
      numbers = std::int64_t{0};   // the first type: the same in every row
  bool has_nulls = false;          // stored as kNull of the type, or NaN
  std::int64_t min = 0, max = -1;  // of non-null values; none: max < min

  template <typename T>
  static constexpr T kNull = std::numeric_limits<T>::min();

  bool is_float() const { return std::holds_alternative<std::vector<double>>(numbers); }

  // Visits integers, with `null` for nulls. Not for doubles.
  template <typename Each>
  void visit(const Each& each, std::int64_t null = 0) const {
    std::visit(
        [&](const auto& column) {
          using Column = std::decay_t<decltype(column)>;
          if constexpr (std::is_same_v<Column, std::int64_t>) {
            const std::int64_t number = has_nulls ? null : column;
            each([number](std::size_t) { return number; });
          } else if constexpr (!std::is_same_v<Column, std::vector<double>>) {
            using T = typename Column::value_type;
            const T* data = column.data();
            if (!has_nulls) {
              return each([data](std::size_t row) { return std::int64_t{data[row]}; });
            }
            each([data, null](std::size_t row) {
              return data[row] == kNull<T> ? null : std::int64_t{data[row]};
            });
          }
        },
        numbers);
  }

  // Visits numbers divided by `unit`, with NaN for nulls.
  template <typename Each>
  void visit_doubles(double unit, const Each& each) const {
    if (is_float()) {
      const double* data = std::get<std::vector<double>>(numbers).data();
      return each([data](std::size_t row) { return data[row]; });
    }
    constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();
    visit(
        [&](const auto& number_of) {
          if (!has_nulls && unit == 1) {
            return each(
                [number_of](std::size_t row) { return static_cast<double>(number_of(row)); });
          }
          if (!has_nulls) {
            return each([number_of, unit](std::size_t row) {
              return static_cast<double>(number_of(row)) / unit;
            });
          }
          each([number_of, unit](std::size_t row) {
            const std::int64_t number = number_of(row);
            return number == kNone ? std::numeric_limits<double>::quiet_NaN()
                                   : static_cast<double>(number) / unit;
          });
        },
        kNone);
  }
};

}  // namespace gsa::api
