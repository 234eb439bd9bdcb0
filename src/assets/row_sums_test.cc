#include "assets/row_sums.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assets/checksum.h"

namespace gsa::assets {
namespace {

class RowSumsTest : public testing::Test {
 protected:
  // Creates t as `select`, and compares the sum with that of the stored rows.
  void expect_same(const std::string& select) {
    const auto watched = sums_.watch_query(connection_, select);
    ASSERT_TRUE(watched) << select;
    connection_.execute("create or replace table t as " + watched->around(select));
    const RowSum sum = sums_.take(watched->number);
    const Contents read = contents_of(connection_, "t");
    EXPECT_EQ(sum.rows, read.rows) << select;
    const Contents passed = contents_of(connection_, "t", sum);
    EXPECT_EQ(passed.checksum, read.checksum) << select;
    EXPECT_EQ(passed.data_version, read.data_version) << select;
  }
  bool can_watch(const std::string& select) {
    return sums_.watch_query(connection_, select).has_value();
  }

  duck::Database database_{duck::DatabaseOptions{}};
  duck::Connection connection_ = database_.connect();
  RowSums sums_{connection_};
};

TEST_F(RowSumsTest, AreThoseOfReadingTheTable) {
  expect_same("select 7 as id");
  expect_same("select 7 as id where false");
  // From several threads, with nulls, texts, constants, decimals and dictionaries.
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

TEST_F(RowSumsTest, OfAnyFirstColumn) {
  expect_same("select null::integer as id, 1 as n from range(5000)");
  expect_same("select case when range % 2 = 0 then range::varchar end as id from range(5000)");
  expect_same("select 1.5::decimal(30, 2) as \"a \"\"b\"\"\", 2 as \"select\"");
  expect_same("select date '2026-01-01' + range::integer as d, uuid() as u from range(3000)");
  expect_same("select null as a, null as b from range(10)");
  expect_same("select range as a, -range as A, 7 as a from range(10)");
  expect_same("with a as (select 1 as x) select x, x as y from a -- the end");
}

TEST_F(RowSumsTest, OfNestedColumns) {
  expect_same("select 1 as a, [1, 2] as b");
  expect_same("select range as a, {'x': range % 3, 'y': 'z'} as b from range(5000)");
  expect_same(
      "select range as a, case when range % 2 = 0 then {'x': null::integer} end as b from "
      "range(5000)");
}

// The first of these columns is nested, or the query does not bind.
TEST_F(RowSumsTest, AreNotOfEveryQuery) {
  EXPECT_FALSE(can_watch("select {'x': 1} as a"));
  EXPECT_FALSE(can_watch("select nothing from nowhere"));
}

TEST_F(RowSumsTest, OfSeveralStatementsAreKeptApart) {
  const RowSums::Watched one = sums_.watch("id"), two = sums_.watch("id");
  connection_.execute("create table b as " +
                      two.around("select range::integer as id from range(5)"));
  connection_.execute("create table a as " + one.around("select 1 as id"));
  EXPECT_EQ(sums_.take(one.number).rows, 1);
  EXPECT_EQ(sums_.take(two.number).rows, 5);
  EXPECT_EQ(sums_.take(two.number).rows, 0);
}

// Like a process that runs more than once.
TEST_F(RowSumsTest, OfTheNextRunAreItsOwn) {
  connection_.execute("create table a as " + sums_.watch("id").around("select 1 as id"));
  RowSums next(connection_);
  const RowSums::Watched watched = next.watch("id");
  connection_.execute("create table b as " + watched.around("select 2 as id from range(3)"));
  EXPECT_EQ(next.take(watched.number).rows, 3);
}

TEST_F(RowSumsTest, KeepTheOrderOfTheRows) {
  const std::string select =
      "select range as n, range % 7 as m from range(300000) order by m, n desc";
  connection_.execute("create table t as " + sums_.watch("n").around(select));
  connection_.execute("create table plain as " + select);
  EXPECT_EQ(connection_.query_int64("select count(*) from t join plain on t.rowid = plain.rowid "
                                    "where t.n = plain.n and t.m = plain.m"),
            300000);
  EXPECT_EQ(connection_.query("select string_agg(column_name, ' ') from (describe t)").text(0, 0),
            "n m");
}

}  // namespace
}  // namespace gsa::assets
