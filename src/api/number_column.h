#pragma once

// A column of numbers of the facts, in the smallest form that holds them exactly. A column with the
// same number in every row takes no memory. Each visit calls `each` once with a function from row
// to number, so that the form is chosen once per column, not per row.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <variant>
#include <vector>

namespace gsa::api {

// Few different numbers: a code per row, and the numbers by code. The list fits a cache.
template <typename Code, typename T>
struct ListedNumbers {
  using Number = T;
  std::vector<Code> codes;
  std::vector<T> list;
};

// Numbers that follow from an attribute, as `status = 'timeout'` does from the status: the codes of
// the attribute's column, which must outlive this, and the numbers by code.
struct NumbersByCode {
  using Number = std::int64_t;
  struct Codes {
    const std::uint8_t* first = nullptr;
    const std::uint8_t* data() const { return first; }
  } codes;
  std::vector<std::int64_t> list;
};

template <typename Column>
inline constexpr bool kIsListed = std::is_same_v<Column, NumbersByCode>;
template <typename Code, typename T>
inline constexpr bool kIsListed<ListedNumbers<Code, T>> = true;

struct NumberColumn {
  using Double8 = ListedNumbers<std::uint8_t, double>;
  using Double16 = ListedNumbers<std::uint16_t, double>;
  using Listed8 = ListedNumbers<std::uint8_t, std::int64_t>;
  using Listed16 = ListedNumbers<std::uint16_t, std::int64_t>;
  std::variant<std::int64_t, std::vector<std::int8_t>, std::vector<std::int16_t>,
               std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<double>, Listed8,
               Listed16, Double8, Double16, NumbersByCode>
      numbers = std::int64_t{0};   // the first type: the same in every row
  bool is_float = false;           // doubles; null is NaN
  bool has_nulls = false;          // of integers: stored as kNull of the type
  std::int64_t nulls = 0;          // rows without a number
  std::int64_t min = 0, max = -1;  // of non-null integers; none: max < min

  template <typename T>
  static constexpr T kNull = std::numeric_limits<T>::min();

  // Visits integers, with `null` for nulls. Not for doubles.
  template <typename Each>
  void visit(const Each& each, std::int64_t null = 0) const {
    std::visit([&](const auto& column) { visit_integers(column, each, null); }, numbers);
  }

  // Visits numbers divided by `unit`, with NaN for nulls.
  template <typename Each>
  void visit_doubles(double unit, const Each& each) const {
    if (is_float) {
      return std::visit([&](const auto& column) { visit_floats(column, each); }, numbers);
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

  std::size_t bytes() const;  // of memory

 private:
  template <typename Column, typename Each>
  void visit_integers(const Column& column, const Each& each, std::int64_t null) const {
    if constexpr (std::is_same_v<Column, std::int64_t>) {
      const std::int64_t number = has_nulls ? null : column;
      each([number](std::size_t) { return number; });
    } else if constexpr (kIsListed<Column>) {
      if constexpr (std::is_same_v<typename Column::Number, std::int64_t>) {
        each([codes = column.codes.data(), list = column.list.data(), null](std::size_t row) {
          const std::int64_t number = list[codes[row]];
          return number == kNull<std::int64_t> ? null : number;
        });
      }
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
  }

  template <typename Column, typename Each>
  static void visit_floats(const Column& column, const Each& each) {
    if constexpr (std::is_same_v<Column, std::vector<double>>) {
      each([data = column.data()](std::size_t row) { return data[row]; });
    } else if constexpr (kIsListed<Column>) {
      if constexpr (std::is_same_v<typename Column::Number, double>) {
        each([codes = column.codes.data(), list = column.list.data()](std::size_t row) {
          return list[codes[row]];
        });
      }
    }
  }
};

}  // namespace gsa::api
