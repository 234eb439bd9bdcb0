#pragma once

// Fills a NumberColumn while its rows are read, and chooses the form: a list of the different
// numbers, or the numbers themselves in the smallest type that fits.

#include <bit>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "api/fact_columns.h"
#include "api/number_column.h"
#include "duck/chunk.h"

namespace gsa::api {

// Collects numbers as codes until there are more different ones than `most`, then as they are.
template <typename T>
class ListingNumbers {
 public:
  ListingNumbers(std::size_t most, std::size_t rows) : most_(most), rows_(rows) {
    codes_.reserve(rows);
  }
  void append(const T* numbers, std::size_t rows);
  void finish(NumberColumn& column);

 private:
  // False if it is one number too many.
  bool add(T number);
  void stop_listing();

  std::size_t most_, rows_;
  bool lists_ = true;
  std::unordered_map<std::uint64_t, std::uint16_t> code_of_;  // by the bits of the number
  std::vector<T> list_;                                       // by code
  std::vector<std::uint16_t> codes_;
  std::vector<T> plain_;
};

class NumberLoading {
 public:
  // `type` is the SQL type of the chunks' column: tinyint, smallint, integer, bigint or double.
  // `column`, with its flags and bounds set, must outlive this.
  NumberLoading(NumberColumn& column, std::string_view type, std::size_t rows);

  void append(const duck::Chunk& chunk, std::size_t at);
  void finish();  // after the last row

 private:
  NumberColumn* column_;
  std::variant<std::monostate, ListingNumbers<std::int32_t>, ListingNumbers<std::int64_t>,
               ListingNumbers<double>>
      listing_;  // none: rows go to the column directly
};

// Replaces numbers of one byte by those of NumbersByCode if each code of `codes` goes with one
// number. Returns whether it did. Takes a millisecond for a million rows if so, mostly none if not.
bool share_codes(const CodeColumn& codes, NumberColumn& column);

}  // namespace gsa::api
