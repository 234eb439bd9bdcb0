#include "remote/portable.h"

#include <array>

#include <gtest/gtest.h>

namespace gsa::remote {
namespace {

TEST(PortableColumns, HaveTypesThatAllEnginesReadAlike) {
  duck::Connection connection = duck::Database({}).connect();
  connection.execute(
      "create table t as select 1::utinyint as a, -1::tinyint as b, 65535::usmallint as c, "
      "4294967295::uinteger as d, 18446744073709551615::ubigint as e, 'x'::enum('x', 'y') as f, "
      "{'it''s': 1} as g, [1, 2] as h, 1.5::decimal(9, 4) as i, 'text' as \"the \"\"j\"\"\", "
      "2.5::float as k, timestamp '2026-01-01 00:00:00.000001' as l");
  const duck::Result described =
      connection.query("describe select " + portable_columns(connection, "t") + " from t");
  std::string types;
  for (std::size_t r = 0; r < described.rows(); ++r) {
    types += described.text(r, 0) + ' ' + described.text(r, 1) + '\n';
  }
  EXPECT_EQ(types,
            "a SMALLINT\nb SMALLINT\nc INTEGER\nd BIGINT\ne DECIMAL(20,0)\nf VARCHAR\ng VARCHAR\n"
            "h VARCHAR\ni DECIMAL(9,4)\nthe \"j\" VARCHAR\nk FLOAT\nl TIMESTAMP\n");
  EXPECT_EQ(connection
                .query("select e || ' ' || g || ' ' || h from (select " +
                       portable_columns(connection, "t") + " from t)")
                .text(0, 0),
            "18446744073709551615 {\"it's\":1} [1,2]");
}

TEST(RawWords, HaveTheOrderOfTheTypes) {
  duck::Connection connection = duck::Database({}).connect();
  connection.execute("create type tier as enum('z', 'a'); create type other as enum('o')");
  constexpr std::array<std::string_view, 1> kKinds = {"tier"};
  const auto words = [&] {
    return connection
        .query("select string_agg(kind || position || word, ' ') from (" +
               select_raw_words(kKinds) + ")")
        .text(0, 0);
  };
  EXPECT_EQ(words(), "tier1z tier2a");
  // While a run makes models, its types are temporary.
  connection.execute("create temp type tier as enum('b')");
  EXPECT_EQ(words(), "tier1b");
}

}  // namespace
}  // namespace gsa::remote
