#include "assets/checksum.h"

#include <filesystem>
#include <unistd.h>

#include <gtest/gtest.h>

namespace gsa::assets {
namespace {

class Checksum : public testing::Test {
 protected:
  Contents of(const std::string& select) {
    connection_.execute("create or replace table t as " + select);
    return contents_of(connection_, "main.t");
  }
  bool are_equal(const std::string& a, const std::string& b) {
    return of(a).data_version == of(b).data_version;
  }

  duck::Connection connection_ = duck::Database(duck::DatabaseOptions{}).connect();
};

TEST_F(Checksum, TakesNoNoticeOfTheOrderOfRows) {
  const Contents up = of("select i, i::varchar as s from range(5000) r(i) order by i");
  const Contents down = of("select i, i::varchar as s from range(5000) r(i) order by i desc");
  EXPECT_EQ(up.rows, 5000);
  EXPECT_EQ(up.checksum, down.checksum);
  EXPECT_EQ(up.data_version, down.data_version);
}

TEST_F(Checksum, NoticesOneValueInOneRow) {
  EXPECT_FALSE(are_equal("select i from range(5000) r(i)",
                         "select case when i = 77 then 78 else i end as i from range(5000) r(i)"));
}

TEST_F(Checksum, NoticesRowsThatAreDoubled) {
  EXPECT_FALSE(are_equal("from (values (1)) r(i)", "from (values (1), (1)) r(i)"));
  // An exclusive or of hashes would cancel out pairs, and so take these two for equal.
  EXPECT_FALSE(are_equal("from (values (1), (1), (2)) r(i)", "from (values (1), (2), (2)) r(i)"));
  EXPECT_FALSE(are_equal("from (values (1), (1)) r(i)", "from (values (2), (2)) r(i)"));
}

TEST_F(Checksum, NoticesValuesThatChangePlaces) {
  EXPECT_FALSE(are_equal("select 1 as a, 2 as b", "select 2 as a, 1 as b"));
  EXPECT_FALSE(are_equal("from (values (1, 10), (2, 20)) r(a, b)",
                         "from (values (1, 20), (2, 10)) r(a, b)"));
}

TEST_F(Checksum, TellsNullFromEmptyAndOneColumnsNullFromTheNext) {
  EXPECT_FALSE(are_equal("select null::varchar as s", "select '' as s"));
  EXPECT_FALSE(are_equal("select null::integer as a, 1 as b", "select 1 as a, null::integer as b"));
  EXPECT_FALSE(are_equal("select []::integer[] as l", "select null::integer[] as l"));
  EXPECT_FALSE(
      are_equal("select {'a': null::integer} as s", "select null::struct(a integer) as s"));
  EXPECT_FALSE(are_equal("select map([]::varchar[], []::varchar[]) as \"m m\"",
                         "select null::map(varchar, varchar) as \"m m\""));
}

TEST_F(Checksum, IsOfTheColumnsNamesAndTypesToo) {
  EXPECT_FALSE(are_equal("select 1 as a", "select 1 as b"));
  EXPECT_FALSE(are_equal("select 1::integer as a", "select 1::bigint as a"));
  EXPECT_FALSE(are_equal("select 1 as a where false", "select 1 as b where false"));
  EXPECT_TRUE(are_equal("select 1 as a", "select 1 as a"));
}

TEST_F(Checksum, OfNoRowsIsThatOfTheColumns) {
  const Contents none = of("select 1 as a where false");
  EXPECT_EQ(none.rows, 0);
  EXPECT_EQ(none.checksum, "0");
  EXPECT_EQ(none.data_version.size(), 16u);
}

TEST_F(Checksum, ReadsWhatAViewShows) {
  connection_.execute("create table t as select 1 as i; create view v as select i from t");
  EXPECT_EQ(contents_of(connection_, "main.v").data_version,
            contents_of(connection_, "main.t").data_version);
}

TEST_F(Checksum, TakesNamesThatNeedQuotes) {
  connection_.execute(R"(create table "select" as select 1 as "from")");
  EXPECT_EQ(contents_of(connection_, R"(main."select")").rows, 1);
  EXPECT_EQ(bytes_on_disk(connection_, R"("main"."select")"), std::nullopt);
  connection_.execute(R"(create table "a ""b""" as select 1 as "from")");
  EXPECT_EQ(contents_of(connection_, R"("main"."a ""b""")").rows, 1);
  EXPECT_EQ(bytes_on_disk(connection_, R"("main"."a ""b""")"), std::nullopt);
}

TEST(BytesOnDisk, AreThoseOfTheBlocksOnceTheyAreWritten) {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("gsa_bytes_" + std::to_string(getpid()))).string();
  duck::DatabaseOptions options;
  options.path = path;
  {
    duck::Connection connection = duck::Database(options).connect();
    connection.execute("create table t as select hash(i) as h from range(200000) r(i)");
    connection.execute("checkpoint");
    const std::int64_t bytes = bytes_on_disk(connection, R"("main"."t")").value_or(0);
    // Hashes do not compress: at least 8 bytes a row, in blocks of 256 kB.
    EXPECT_GE(bytes, 200000 * 8);
    EXPECT_EQ(bytes % (256 << 10), 0);
    // Nor do they compress as texts, which fill more blocks than the one that each vector begins
    // in.
    connection.execute("create table texts (h varchar using compression zstd)");
    connection.execute(
        "insert into texts select string_agg(hash(j), '') from range(20000) r(i), range(20) s(k), "
        "lateral (select i * 20 + k as j) group by i");
    connection.execute("checkpoint");
    // 20 hashes of 64 bits are 160 bytes in any notation.
    EXPECT_GE(bytes_on_disk(connection, R"("main"."texts")").value_or(0), 20000 * 160);
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace gsa::assets
