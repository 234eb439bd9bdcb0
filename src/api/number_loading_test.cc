#include "api/number_loading.h"

#include <cmath>

#include <gtest/gtest.h>

#include "duck/database.h"

namespace gsa::api {
namespace {

// Reads a column of 3,000 rows, more than a chunk has, in which `i` counts from 0.
NumberColumn loaded(const std::string& expr, const char* type, bool has_nulls = false) {
  constexpr std::size_t kRows = 3000;
  const duck::Database database((duck::DatabaseOptions()));
  duck::Connection connection = database.connect();
  NumberColumn column;
  column.is_float = std::string_view(type) == "double";
  column.has_nulls = has_nulls;
  NumberLoading loading(column, type, kRows);
  connection.stream_chunks("select (" + expr + ")::" + type + " from range(3000) as t(i)",
                           [&](const duck::Chunk& chunk) {
                             loading.append(chunk, 0);
                             return true;
                           });
  loading.finish();
  return column;
}

std::vector<std::int64_t> numbers_of(const NumberColumn& column, std::int64_t null = 0) {
  std::vector<std::int64_t> numbers;
  column.visit(
      [&](const auto& number_of) {
        for (std::size_t row = 0; row < 3000; ++row) numbers.push_back(number_of(row));
      },
      null);
  return numbers;
}

TEST(NumberLoading, ListsFewDifferentNumbers) {
  const NumberColumn column = loaded("i % 256 * 100000", "integer");
  EXPECT_TRUE(std::holds_alternative<NumberColumn::Listed8>(column.numbers));
  EXPECT_LT(column.bytes(), 3000 * sizeof(std::int32_t) / 2);
  const auto numbers = numbers_of(column);
  for (std::size_t row = 0; row < 3000; ++row) {
    EXPECT_EQ(numbers[row], static_cast<std::int64_t>(row) % 256 * 100'000);
  }
}

TEST(NumberLoading, KeepsManyDifferentNumbersAsTheyAre) {
  const NumberColumn column = loaded("i * 100000", "integer");
  EXPECT_TRUE(std::holds_alternative<std::vector<std::int32_t>>(column.numbers));
  const auto numbers = numbers_of(column);
  for (std::size_t row = 0; row < 3000; ++row) {
    EXPECT_EQ(numbers[row], static_cast<std::int64_t>(row) * 100'000);
  }
}

TEST(NumberLoading, KeepsNullsApart) {
  const NumberColumn column =
      loaded("case when i % 2 = 0 then -2147483648 else i % 10 end", "integer", true);
  EXPECT_TRUE(std::holds_alternative<NumberColumn::Listed8>(column.numbers));
  const auto numbers = numbers_of(column, -7);
  EXPECT_EQ(numbers[0], -7);
  EXPECT_EQ(numbers[1], 1);
}

TEST(NumberLoading, KeepsEveryBitOfDoubles) {
  for (const char* expr : {"1 / (i + 1)", "1 / (i % 100 + 1)"}) {
    const NumberColumn column = loaded(expr, "double");
    const bool is_narrow = std::string_view(expr).find('%') != std::string_view::npos;
    EXPECT_EQ(std::holds_alternative<NumberColumn::Double8>(column.numbers), is_narrow);
    EXPECT_EQ(std::holds_alternative<NumberColumn::Double16>(column.numbers), !is_narrow);
    column.visit_doubles(1, [&](const auto& number_of) {
      for (std::size_t row = 0; row < 3000; ++row) {
        EXPECT_EQ(number_of(row), 1.0 / static_cast<double>((is_narrow ? row % 100 : row) + 1));
      }
    });
  }
  loaded("case when i = 2999 then 'nan'::double else 1 end", "double")
      .visit_doubles(1, [](const auto& of) {
        EXPECT_EQ(of(2998), 1);
        EXPECT_TRUE(std::isnan(of(2999)));
      });
}

TEST(ShareCodes, OnlyIfEachCodeGoesWithOneNumber) {
  CodeColumn codes;
  codes.values = {Value("a"), Value("b"), Value("c")};
  codes.codes = std::vector<std::uint8_t>{0, 1, 2, 1};
  NumberColumn follows, does_not;
  follows.numbers = std::vector<std::int8_t>{1, 0, 1, 0};
  does_not.numbers = std::vector<std::int8_t>{1, 0, 1, 1};
  EXPECT_TRUE(share_codes(codes, follows));
  EXPECT_FALSE(share_codes(codes, does_not));
  for (const NumberColumn* column : {&follows, &does_not}) {
    column->visit([&](const auto& number_of) {
      EXPECT_EQ(number_of(0), 1);
      EXPECT_EQ(number_of(3), column == &follows ? 0 : 1);
    });
  }
}

}  // namespace
}  // namespace gsa::api
