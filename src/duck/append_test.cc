#include "duck/append.h"

#include <gtest/gtest.h>

namespace gsa::duck {
namespace {

using Strings = std::vector<std::string>;
using Map = std::map<std::string, std::string>;

class Append : public testing::Test {
 protected:
  void make(const std::string& columns) { connection.execute("create table t (" + columns + ")"); }
  std::vector<std::string> rows(const std::string& sql) {
    const Result result = connection.query(sql);
    std::vector<std::string> all;
    for (std::size_t r = 0; r < result.rows(); ++r) {
      std::string row;
      for (std::size_t c = 0; c < result.columns(); ++c) {
        row += (c == 0 ? "" : ", ") + result.shown(r, c).value_or("null");
      }
      all.push_back(row);
    }
    return all;
  }

  Database database{DatabaseOptions{}};
  Connection connection = database.connect();
};

TEST_F(Append, WritesEveryKindOfValue) {
  make(
      "b boolean, i integer, d double, s varchar, t timestamp, l varchar[], m map(varchar, "
      "varchar)");
  const std::chrono::system_clock::time_point time(
      std::chrono::microseconds(1'766'600'000'123'456));
  append(connection, "main", "t",
         {{true, std::int64_t{-7}, 0.25, "it's „so“\n", time, Strings{"a", "b'"}, Map{{"k", "v"}}},
          {{}, {}, {}, {}, {}, {}, {}},
          {false, std::int64_t{0}, 0.0, "", time, Strings{}, Map{}}});
  EXPECT_EQ(rows("select b, i, d, s, t::varchar, len(l), l[2], cardinality(m), m['k'] from t"),
            (Strings{"true, -7, 0.25, it's „so“\n, 2025-12-24 18:13:20.123456, 2, b', 1, v",
                     "null, null, null, null, null, null, null, null, null",
                     "false, 0, 0, , 2025-12-24 18:13:20.123456, 0, null, 0, null"}));
}

TEST_F(Append, KeepsTheOrderOfManyRows) {
  make("i bigint");
  std::vector<Row> many;
  for (std::int64_t i = 0; i < 10'000; ++i) many.push_back({i});
  append(connection, "main", "t", many);
  append(connection, "main", "t", {});
  EXPECT_EQ(rows("select count(*), bool_and(i = rowid) from t"), (Strings{"10000, true"}));
}

TEST_F(Append, IsPartOfTheTransaction) {
  make("i bigint");
  connection.execute("begin");
  append(connection, "main", "t", {{std::int64_t{1}}});
  EXPECT_EQ(rows("update t set i = 2 returning i"), (Strings{"2"}));
  connection.execute("rollback");
  EXPECT_EQ(rows("select count(*) from t"), (Strings{"0"}));
}

TEST_F(Append, SaysWhatDoesNotFit) {
  make("i integer not null");
  const auto error_of = [&](const std::string& table,
                            const std::vector<Row>& added) -> std::string {
    try {
      append(connection, "main", table, added);
    } catch (const SqlError& error) {
      return error.message();
    }
    return "";
  };
  EXPECT_NE(error_of("gone", {}).find("gone"), std::string::npos);
  EXPECT_NE(error_of("t", {{}}), "");                                  // too few
  EXPECT_NE(error_of("t", {{std::int64_t{1}, std::int64_t{2}}}), "");  // too many
  EXPECT_NE(error_of("t", {{"x"}}).find("INT32"), std::string::npos);  // of another type
  EXPECT_NE(error_of("t", {{std::int64_t{1} << 40}}), "");             // too large
  EXPECT_NE(error_of("t", {{Value()}}).find("NOT NULL"), std::string::npos);
}

}  // namespace
}  // namespace gsa::duck
