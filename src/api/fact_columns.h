#pragma once

// A column of attributes of the facts, as codes. A column with the same value in every row takes no
// memory. visit() calls `each` once with a function from row to code, so that the width is chosen
// once per column, not per row.

#include <cstddef>
#include <cstdint>
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
  std::size_t bytes() const {  // of memory
    const auto* narrow = std::get_if<std::vector<std::uint8_t>>(&codes);
    const auto* wide = std::get_if<std::vector<std::uint16_t>>(&codes);
    return narrow != nullptr ? narrow->capacity() : wide != nullptr ? 2 * wide->capacity() : 0;
  }
};

}  // namespace gsa::api
