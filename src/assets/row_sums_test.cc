#include "assets/row_sums.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assets/checksum.h"

namespace gsa::assets {
namespace {

class RowSumsTest : public testing::Test {
 protected:
  // Makes t as `select`, and holds what passed to what is there.
  void expect_same(const std::string& select) {
    const RowSums::Watched watched = sums_.watch(select, "id");
    connection_.execute("create or replace table t as " + watched.select);
    const RowSum sum = sums_.take(watched.number);
    const Contents read = contents_of(connection_, "t");
    EXPECT_EQ(sum.rows, read.rows) << select;
    const Contents passed = contents_of(connection_, "t", sum);
    EXPECT_EQ(passed.checksum, read.checksum) << select;
    EXPECT_EQ(passed.data_version, read.data_version) << select;
  }

  duck::Database database_{duck::DatabaseOptions{}};
  duck::Connection connection_ = database_.connect();
  RowSums sums_{connection_};
};

TEST_F(RowSumsTest, AreThoseOfReadingTheTable) {
  expect_same("select 7 as id");
  expect_same("select 7 as id where false");
  // Of several threads, with nulls, texts, constants, decimals and dictionaries.
  expect_same(
      "select range::integer as id, case when range % 3 = 0 then null else 'text ' || range % 7 "
      "end "
      "as a, 'x' as b, (range / 7)::decimal(9, 2) as c, range % 2 = 0 as d, "
      "(['p', 'q', 'r'])[1 + range % 3]::enum('p', 'q', 'r') as e from range(300000)");
}

TEST_F(RowSumsTest, AreOfTheRowsThatAreLeft) {
  connection_.execute(
      "create table source as select range::integer as id, range % 5 as n from "
      "range(200000)");
  expect_same("select * from source where n = 2");
  expect_same("select distinct n::integer as id from source");
  expect_same("select * from source order by n desc, id limit 1000 offset 10");
  expect_same("select s.id, u.n from source s join source u on s.id = u.id + 1 where u.n > 1");
  expect_same("select id, n from source union all select id, n from source");
}

TEST_F(RowSumsTest, OfSeveralStatementsAreKeptApart) {
  const RowSums::Watched one = sums_.watch("select 1 as id", "id");
  const RowSums::Watched two = sums_.watch("select range::integer as id from range(5)", "id");
  connection_.execute("create table b as " + two.select);
  connection_.execute("create table a as " + one.select);
  EXPECT_EQ(sums_.take(one.number).rows, 1);
  EXPECT_EQ(sums_.take(two.number).rows, 5);
  EXPECT_EQ(sums_.take(two.number).rows, 0);
}

TEST_F(RowSumsTest, KeepTheOrderOfTheRows) {
  const RowSums::Watched watched =
      sums_.watch("select (99 - range)::integer as id, range as n from range(100)", "id");
  connection_.execute("create table t as " + watched.select);
  EXPECT_EQ(connection_.query("select id from t limit 1").int64(0, 0), 99);
  EXPECT_EQ(connection_.query("select string_agg(column_name, ' ') from (describe t)").text(0, 0),
            "id n");
}

}  // namespace
}  // namespace gsa::assets
