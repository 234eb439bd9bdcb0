#include "assets/state.h"

#include <gtest/gtest.h>

#include "assets/engine_fixture.h"
#include "assets/records_schema.h"
#include "base/clock.h"

namespace gsa::assets {
namespace {

TEST(State, OfAnEmptyFileIsEmpty) {
  Pipeline p;
  const State state = read_state(p.connection);
  EXPECT_TRUE(state.published.empty());
  EXPECT_TRUE(state.shown.empty());
  EXPECT_TRUE(state.relations.empty());
}

TEST(State, FindsTablesAndViewsInAnyCase) {
  Pipeline p;
  p.execute(
      "create schema Marts; create table Marts.Users as select 1 as i; "
      "create view main.Shown as select 1 as i");
  const State state = read_state(p.connection);
  ASSERT_NE(state.find("marts", "USERS"), nullptr);
  EXPECT_FALSE(state.find("marts", "users")->is_view);
  EXPECT_TRUE(state.find("main", "shown")->is_view);
  EXPECT_EQ(state.find("main", "users"), nullptr);
}

TEST(State, CountsRowsExactlyAfterOthersDeletedAndInsertedSome) {
  Pipeline p;
  // More than one row group (122,880 rows), so that whole groups have no deleted rows.
  p.execute(
      "create table t as select range as i from range(300000); delete from t where i % 3 = 0; "
      "insert into t select range from range(5); delete from t where i = 1; "
      "update t set i = i + 1 where i < 100");
  EXPECT_EQ(read_state(p.connection).find("main", "t")->rows,
            p.connection.query_int64("select count(*) from t"));
}

TEST(State, OfTwoThousandTablesIsReadInWellUnderASecond) {
  Pipeline p;
  std::string tables = "begin";
  for (int i = 0; i < 2000; ++i) {
    tables += fmt::format("; create table t_{0} as select range as i from range({0})", i);
  }
  p.execute(tables + "; commit");
  const Stopwatch watch;
  const State state = read_state(p.connection);
  fmt::print("the state of 2,000 tables took {:.3f} s\n", watch.seconds());
  // A fifth of a second on an idle machine; counting every row takes minutes.
  EXPECT_LT(watch.seconds(), 10);
  for (const int i : {0, 1, 49, 50, 1999}) {
    EXPECT_EQ(state.find("main", fmt::format("t_{}", i))->rows, i);
  }
}

TEST(State, HasTheLastAnswerOfACheck) {
  Pipeline p;
  p.table("a", "select 1 as i");
  p.check("of_a", "select count(*) from {a} where i = 1");
  p.run();
  EXPECT_EQ(read_state(p.connection).checks.at("of_a").status, CheckStatus::fail);
  p.check("of_a", "select count(*) from {a} where i = 2");
  p.run();
  const State state = read_state(p.connection);
  const CheckRecord& last = state.checks.at("of_a");
  EXPECT_EQ(last.status, CheckStatus::pass);
  EXPECT_EQ(last.code_version, code_version_of(p.checks[0].code));
  EXPECT_EQ(last.inputs, (Versions{{"a", state.published.at({"a", ""}).data_version}}));
}

TEST(State, KnowsTheCodeThatAVersionStandsFor) {
  Pipeline p;
  p.table("a", "select 'it''s' as s").code["--seed"] = "42";
  p.run();
  const State state = read_state(p.connection);
  EXPECT_EQ(state.codes.at(state.published.at({"a", ""}).code_version),
            (Code{{"sql", "select 'it''s' as s"}, {"--seed", "42"}}));
}

TEST(State, TakesExportsAsTheyWereLastWritten) {
  Pipeline p;
  create_records(p.connection);
  p.execute(
      "insert into ops.materializations (run_id, asset, made_at, seconds, data_version) values "
      "(1, 'export/sessions.csv', now()::timestamp, 1, 'old'), "
      "(2, 'export/sessions.csv', now()::timestamp, 1, 'new')");
  EXPECT_EQ(read_state(p.connection).published.at({"export/sessions.csv", ""}).data_version, "new");
}

// ---- A file written by a gsa that did not record runs yet

TEST(State, TakesForLeftBehindWhatIsNewerThanWhatIsPublished) {
  Pipeline p;
  p.execute("begin");
  create_records(p.connection);
  const auto made = [&](int run, const std::string& partition, bool published) {
    p.execute(fmt::format(
        "insert into ops.materializations (run_id, asset, partition, made_at, seconds, "
        "data_version, "
        "code_version, published) values ({}, 'raw', '{}', '2025-12-24', 0, 'd{}', 'c', {})",
        run, partition, run, published));
  };
  made(1, "2025-10", false);  // published again
  made(2, "2025-10", true);
  made(2, "2025-11", true);
  made(3, "2025-11", false);
  made(3, "2025-12", false);
  made(4, "2025-12", false);
  p.execute(
      "insert into ops.published values ('partitions', 'raw_2025_10', 'table', 'raw', '2025-10', "
      "2), "
      "('partitions', 'raw_2025_11', 'table', 'raw', '2025-11', 2); commit");
  const State state = read_state(p.connection);
  std::string left;
  for (const auto& [unit, of] : state.left_behind)
    left += to_string(unit) + " " + of.data_version + "; ";
  EXPECT_EQ(left, "raw[2025-11] d3; raw[2025-12] d4; ");
  EXPECT_EQ(state.published.size(), 2u);
}

class OlderFile : public testing::Test {
 protected:
  OlderFile() {
    p.execute(
        "create schema ops; create table ops.published (schema_name varchar, name varchar, "
        "kind varchar); insert into ops.published values ('main', 'a', 'table'), ('main', "
        "'b', 'table'); create table a as select 0 as i; create table b as select 0 as i; "
        "create table mine as select 0 as i");
    p.table("a", "select 1 as i");
  }
  Pipeline p;
};

TEST_F(OlderFile, HasRelationsThatWereNeverMadeByARun) {
  const State state = read_state(p.connection);
  EXPECT_TRUE(state.published.empty());
  ASSERT_EQ(state.shown.size(), 2u);
  EXPECT_EQ(state.shown[0].name, "a");
  EXPECT_EQ(state.shown[0].unit, Unit{});
  EXPECT_EQ(p.reasons(), (Texts{{"a", "never made"}}));
}

TEST_F(OlderFile, IsUpgraded) {
  create_records(p.connection);
  create_records(p.connection);  // a second call changes nothing
  EXPECT_EQ(p.rows("from ops.published order by name"),
            (Lines{"main, a, table, null, null, null", "main, b, table, null, null, null"}));
  EXPECT_EQ(read_state(p.connection).shown.size(), 2u);
}

TEST_F(OlderFile, IsReplacedByARun) {
  EXPECT_TRUE(p.run().published);
  EXPECT_EQ(p.relations(), (Lines{"main.a", "main.b", "main.mine"}));
  EXPECT_EQ(p.rows("from ops.published"), (Lines{"main, a, table, a, null, 1"}));
  EXPECT_EQ(p.reasons(), Texts{});
}

TEST_F(OlderFile, KeepsWhatASelectionDoesNotMake) {
  PlanOptions only;
  only.only = {{"a"}};
  EXPECT_TRUE(p.run(only).published);
  EXPECT_EQ(p.relations(), (Lines{"main.a", "main.b", "main.mine"}));
}

TEST(CodeVersion, IsEqualForEqualPartsAlone) {
  EXPECT_EQ(code_version_of({{"sql", "x"}}), code_version_of({{"sql", "x"}}));
  EXPECT_NE(code_version_of({{"sql", "x"}}), code_version_of({{"sql", "y"}}));
  EXPECT_NE(code_version_of({{"sql", "x"}}), code_version_of({{"SQL", "x"}}));
  EXPECT_NE(code_version_of({}), code_version_of({{"", ""}}));
  // Without lengths, these two would have the same encoding.
  EXPECT_NE(code_version_of({{"a", "b\n1:c=1:d"}}), code_version_of({{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(code_version_of({{"sql", "x"}}).size(), 16u);
}

TEST(CombinedVersion, IsOfEachPartitionsVersion) {
  const std::string version = combined_version({{"2025-11", "a"}, {"2025-12", "b"}});
  EXPECT_NE(version, combined_version({{"2025-11", "b"}, {"2025-12", "a"}}));
  EXPECT_NE(version, combined_version({{"2025-11", "a"}}));
}

TEST(RelationOf, IsATableOfSchemaPartitionsForAPartition) {
  Asset asset;
  asset.schema = "main";
  asset.relation = "raw";
  EXPECT_EQ(relation_of(asset, ""), (std::pair<std::string, std::string>("main", "raw")));
  EXPECT_EQ(relation_of(asset, "2025-12"),
            (std::pair<std::string, std::string>("partitions", "raw_2025_12")));
}

}  // namespace
}  // namespace gsa::assets
