// Assets that are built partition by partition.

#include <gtest/gtest.h>

#include "assets/engine_fixture.h"

namespace gsa::assets {
namespace {

using Months = std::vector<std::string>;

// raw is partitioned by month; total reads all months as one relation.
class Partitions : public testing::Test {
 protected:
  Partitions() {
    make_raw("select '{partition}' as month, 1 as n");
    months({"2025-11", "2025-12"});
    p.table("total", "select sum(n) as n from {raw}");
  }
  void make_raw(const std::string& sql) { raw = &p.table("raw", sql); }
  void months(Months months) { raw->partitions = std::move(months); }
  std::string made_by(const std::string& partition) {
    return join(
        p.rows(fmt::format("select run_id from ops.published where partition = '{}'", partition)),
        " ");
  }

  Pipeline p;
  Asset* raw = nullptr;
};

TEST_F(Partitions, AreTablesOfASchemaOfTheirOwnThatAViewShowsAsOne) {
  const Ran ran = p.run();
  EXPECT_EQ(ran.made, (Texts{{"raw[2025-11]", "never made"},
                             {"raw[2025-12]", "never made"},
                             {"total", "never made"}}));
  EXPECT_EQ(p.relations(),
            (Lines{"main.raw", "main.total", "partitions.raw_2025_11", "partitions.raw_2025_12"}));
  EXPECT_EQ(p.rows("from raw order by month"), (Lines{"2025-11, 1", "2025-12, 1"}));
  EXPECT_EQ(p.rows("from total"), (Lines{"2"}));
  EXPECT_EQ(p.reasons(), Texts{});
}

TEST_F(Partitions, ThatAreAddedLeaveTheOthersAlone) {
  p.run();
  const Lines before =
      p.rows("select m::varchar from ops.materializations m where partition = '2025-12'");
  p.execute("update partitions.raw_2025_12 set n = 5");  // a rebuild would undo this
  months({"2025-11", "2025-12", "2026-01"});
  const Ran ran = p.run();
  EXPECT_EQ(ran.made.count("raw[2026-01]"), 1u);
  EXPECT_EQ(ran.made.size(), 2u);
  EXPECT_EQ(p.rows("select n from raw order by month"), (Lines{"1", "5", "1"}));
  EXPECT_EQ(p.rows("select m::varchar from ops.materializations m where partition = '2025-12'"),
            before);
  EXPECT_EQ(made_by("2025-12"), "1");
  EXPECT_EQ(made_by("2026-01"), "2");
}

TEST_F(Partitions, ThatAreTakenAwayGoThoughNothingIsMade) {
  p.remove("total");
  p.run();
  months({"2025-12"});
  const Ran ran = p.run();
  EXPECT_EQ(ran.made, Texts{});
  EXPECT_EQ(p.rows("from raw"), (Lines{"2025-12, 1"}));
  EXPECT_EQ(p.relations(), (Lines{"main.raw", "partitions.raw_2025_12"}));
  EXPECT_TRUE(p.plan().is_empty());
}

TEST_F(Partitions, ThatAreTakenAwayGoThoughAllOthersCameOutTheSame) {
  p.table("zero", "select 1 as n");
  make_raw("select '{partition}' as month, n from {zero}");
  p.run();
  p.table("zero", "select 1 as n order by n");
  months({"2025-12"});
  const Ran ran = p.run();
  EXPECT_EQ(ran.ended.at("raw[2025-12]"), "fresh");
  EXPECT_EQ(p.rows("from raw"), (Lines{"2025-12, 1"}));
  EXPECT_EQ(p.rows("from total"), (Lines{"1"}));
}

TEST_F(Partitions, ThatAreTakenAwayStayWhereTheAssetIsHeldBack) {
  p.run();
  make_raw("select '{partition}' as month, 9 as n");
  months({"2025-12"});
  p.check("of_raw", "select count(*) from {raw} where n = 9");
  p.table("alone", "select 1 as i");
  const Ran ran = p.run();
  EXPECT_TRUE(ran.published);
  EXPECT_EQ(ran.held_back, (Names{"raw", "total"}));
  EXPECT_EQ(p.rows("from raw order by month"), (Lines{"2025-11, 1", "2025-12, 1"}));
}

TEST_F(Partitions, AreReadOneByOneByWhatHasThemToo) {
  p.table("copy", "select month, n * 10 as n from {raw}").partitions = raw->partitions;
  p.run();
  EXPECT_EQ(p.rows("from copy order by month"), (Lines{"2025-11, 10", "2025-12, 10"}));
  make_raw(
      "select '{partition}' as month, case '{partition}' when '2025-12' then 2 else 1 end as n");
  const Ran ran = p.run();
  EXPECT_EQ(ran.ended.at("copy[2025-11]"), "fresh");
  EXPECT_EQ(ran.made.at("copy[2025-12]"), "upstream raw was made anew");
  EXPECT_EQ(p.rows("from copy order by month"), (Lines{"2025-11, 10", "2025-12, 20"}));
}

TEST_F(Partitions, ThatComeOutTheSameLeaveWhatReadsTheWhole) {
  p.run();
  make_raw("select '{partition}' as month, 2 - 1 as n");
  const Ran ran = p.run();
  EXPECT_EQ(ran.made.size(), 2u);
  EXPECT_EQ(ran.ended.at("total"), "fresh");
}

TEST_F(Partitions, ThatComeOutTheSameKeepTheirTables) {
  p.run();
  const std::string tables =
      "select table_name, table_oid from duckdb_tables() where schema_name = 'partitions' order by "
      "1";
  const Lines before = p.rows(tables);
  make_raw(
      "select '{partition}' as month, case '{partition}' when '2025-12' then 2 else 1 end as n");
  const Ran ran = p.run();
  EXPECT_EQ(ran.made.count("raw[2025-11]"), 1u);
  const Lines after = p.rows(tables);
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0], before[0]);
  EXPECT_NE(after[1], before[1]);
  EXPECT_EQ(p.rows("from raw order by month"), (Lines{"2025-11, 1", "2025-12, 2"}));
  EXPECT_EQ(p.relations(),
            (Lines{"main.raw", "main.total", "partitions.raw_2025_11", "partitions.raw_2025_12"}));
  EXPECT_EQ(made_by("2025-11"), "2");
  EXPECT_TRUE(p.plan().is_empty());
}

TEST_F(Partitions, ThatARefreshMakesReplaceWhateverStands) {
  p.run();
  p.execute("update partitions.raw_2025_12 set n = 5");  // gsa does not notice this
  PlanOptions refresh;
  refresh.full_refresh = true;
  p.run(refresh);
  EXPECT_EQ(p.rows("select n from raw order by month"), (Lines{"1", "1"}));
}

TEST_F(Partitions, OfTwoSchemasStandSideBySide) {
  Asset& other = p.table("other", "select '{partition}' as month, 7 as n");
  other.schema = "aside";
  other.relation = "raw";
  other.partitions = {"2025-12"};
  p.run();
  EXPECT_EQ(p.rows("select n from aside.raw"), (Lines{"7"}));
  EXPECT_EQ(p.rows("select n from raw order by month"), (Lines{"1", "1"}));
}

TEST_F(Partitions, AreMadeAgainWhereOthersChangedTheirRows) {
  p.run();
  p.execute("delete from partitions.raw_2025_12");
  EXPECT_EQ(p.reasons(),
            (Texts{{"raw[2025-12]", "its rows were changed by something other than gsa"},
                   {"total", "upstream raw will be made anew"}}));
  p.run();
  EXPECT_EQ(p.rows("from raw order by month"), (Lines{"2025-11, 1", "2025-12, 1"}));
}

TEST_F(Partitions, GetTheirViewBackWhereItIsMissing) {
  p.run();
  p.execute("drop view raw");
  EXPECT_EQ(p.run().made, Texts{});
  EXPECT_EQ(p.rows("select count(*) from raw"), (Lines{"2"}));
}

TEST_F(Partitions, MayBeHadByAnAssetThatHadNoneAndTheOtherWayRound) {
  months({});
  make_raw("select 'all' as month, 1 as n");
  p.run();
  make_raw("select '{partition}' as month, 1 as n");
  months({"2025-12"});
  p.run();
  EXPECT_EQ(p.rows("select month from raw"), (Lines{"2025-12"}));
  months({});
  make_raw("select 'all' as month, 1 as n");
  p.run();
  EXPECT_EQ(p.rows("select month from raw"), (Lines{"all"}));
  EXPECT_EQ(p.relations(), (Lines{"main.raw", "main.total"}));
  EXPECT_EQ(p.reasons(), Texts{});
}

// ---- Partitions of a run that was killed before it published

class PartitionsLeftBehind : public Partitions {
 protected:
  // Built by run 1, which was killed.
  PartitionsLeftBehind() {
    p.table("seed", "select 1 as n");
    make_raw("select '{partition}' as month, n from {seed}");
    p.run_and_die();
  }
  static bool is_taken_over(const Ran& ran) {
    return ran.made.at("raw[2025-12]").find("taken over") != std::string::npos;
  }
};

TEST_F(PartitionsLeftBehind, AreTakenOver) {
  const Lines made = p.rows("from partitions.__gsa_new__raw_2025_11");
  const Ran ran = p.run();
  EXPECT_EQ(ran.made, (Texts{{"raw[2025-11]", "never made; taken over from run 1"},
                             {"raw[2025-12]", "never made; taken over from run 1"},
                             {"seed", "never made"},
                             {"total", "never made"}}));
  EXPECT_EQ(ran.step("raw[2025-11]").rows, 1);
  EXPECT_EQ(p.rows("from partitions.raw_2025_11"), made);
  EXPECT_EQ(made_by("2025-11"), "2");
  EXPECT_EQ(p.rows("select status, published from ops.runs order by run_id"),
            (Lines{"interrupted, false", "success, true"}));
  EXPECT_EQ(p.reasons(), Texts{});
}

TEST_F(PartitionsLeftBehind, AreTakenOverOnceMoreByTheRunAfterAKilledOne) {
  p.run_and_die();
  EXPECT_EQ(p.run().made.at("raw[2025-12]"), "never made; taken over from run 2");
}

TEST_F(PartitionsLeftBehind, AreMadeAnewOfOtherCode) {
  make_raw("select '{partition}' as month, n + 0 as n from {seed}");
  EXPECT_FALSE(is_taken_over(p.run()));
}

TEST_F(PartitionsLeftBehind, AreMadeAnewOfOtherInputs) {
  p.table("seed", "select 2 as n");
  EXPECT_FALSE(is_taken_over(p.run()));
  EXPECT_EQ(p.rows("from total"), (Lines{"4"}));
}

TEST_F(PartitionsLeftBehind, AreMadeAnewWhereTheirRowsAreOthers) {
  p.execute("delete from partitions.__gsa_new__raw_2025_12");
  EXPECT_FALSE(is_taken_over(p.run()));
  EXPECT_EQ(p.rows("from total"), (Lines{"2"}));
}

TEST_F(PartitionsLeftBehind, AreMadeAnewWhereAsManyRowsHoldSomethingElse) {
  // Like a run that rebuilds the table and is killed before that is on record.
  p.execute("update partitions.__gsa_new__raw_2025_12 set n = 7");
  EXPECT_FALSE(is_taken_over(p.run()));
  EXPECT_EQ(p.rows("from total"), (Lines{"2"}));
}

TEST_F(PartitionsLeftBehind, AreMadeAnewWhereTheyAreGone) {
  p.execute("drop table partitions.__gsa_new__raw_2025_12");
  EXPECT_FALSE(is_taken_over(p.run()));
}

TEST_F(PartitionsLeftBehind, AreMadeAnewByAFullRefresh) {
  PlanOptions refresh;
  refresh.full_refresh = true;
  EXPECT_EQ(p.run(refresh).made.at("raw[2025-12]"), "--full-refresh");
}

TEST_F(PartitionsLeftBehind, AreTakenOverAfterACheckFailed) {
  p.check("of_raw", "select count(*) from {raw} where n = 1");
  EXPECT_EQ(p.run().held_back, (Names{"raw", "total"}));
  p.check("of_raw", "select count(*) from {raw} where n = 0");
  EXPECT_EQ(p.run().made.at("raw[2025-12]"), "never made; taken over from run 2");
}

TEST_F(PartitionsLeftBehind, GoWhereNobodyWantsThem) {
  months({"2025-12"});
  p.run();
  EXPECT_EQ(p.relations(),
            (Lines{"main.raw", "main.seed", "main.total", "partitions.raw_2025_12"}));
  // The same after a change back to the old code, which they were not built from.
  make_raw("select '{partition}' as month, 5 as n");
  p.run_and_die();
  make_raw("select '{partition}' as month, n from {seed}");
  p.table("total", "select sum(n) + 1 as n from {raw}");
  p.run();
  EXPECT_EQ(p.relations(),
            (Lines{"main.raw", "main.seed", "main.total", "partitions.raw_2025_12"}));
}

}  // namespace
}  // namespace gsa::assets
