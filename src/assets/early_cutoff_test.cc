// An asset is rebuilt only if the contents of its inputs changed.

#include <gtest/gtest.h>

#include "assets/engine_fixture.h"

namespace gsa::assets {
namespace {

class EarlyCutOff : public testing::Test {
 protected:
  EarlyCutOff() {
    p.table("raw", "select range as i, range // 2 as half from range(6)");
    p.table("mart", "select count(*) as n, sum(half) as total from {raw}");
    p.run();
  }
  // Changes the SQL of raw; returns the assets that the next run builds.
  Names made_after(const std::string& sql) {
    p.table("raw", sql);
    return made();
  }
  Names made() {
    last = p.run();
    Names names;
    for (const auto& [name, reason] : last.made) names.insert(name);
    return names;
  }

  Pipeline p;
  Ran last;
};

TEST_F(EarlyCutOff, LeavesWhatReadsTheSameRowsInAnotherOrder) {
  EXPECT_EQ(made_after("select range as i, range // 2 as half from range(6) order by i desc"),
            (Names{"raw"}));
  EXPECT_EQ(last.step("mart").status, StepStatus::fresh);
  EXPECT_EQ(last.step("mart").reason, "its inputs came out the same");
  EXPECT_EQ(p.rows("select i from raw limit 1"), (Lines{"5"}));
  EXPECT_TRUE(p.plan().is_empty());
}

TEST_F(EarlyCutOff, GoesOnWhereOneRowChanged) {
  EXPECT_EQ(made_after("select range as i, (range // 2) % 2 as half from range(6)"),
            (Names{"raw", "mart"}));
  EXPECT_EQ(last.made["mart"], "upstream raw was made anew");
  EXPECT_EQ(p.rows("from mart"), (Lines{"6, 2"}));
}

TEST_F(EarlyCutOff, GoesOnWhereARowIsDoubled) {
  EXPECT_EQ(made_after("select range as i, range // 2 as half from range(6) union all select 5, 2"),
            (Names{"raw", "mart"}));
  EXPECT_EQ(p.rows("from mart"), (Lines{"7, 8"}));
}

TEST_F(EarlyCutOff, GoesOnWhereAColumnIsRenamed) {
  p.table("mart", "select count(*) as n, 6 as total from {raw}");
  p.run();
  EXPECT_EQ(made_after("select range as k, range // 2 as half from range(6)"),
            (Names{"raw", "mart"}));
}

TEST_F(EarlyCutOff, GoesOnWhereATypeChanged) {
  EXPECT_EQ(made_after("select range::integer as i, range // 2 as half from range(6)"),
            (Names{"raw", "mart"}));
}

TEST_F(EarlyCutOff, StopsAtEachAssetThatComesOutTheSame) {
  p.table("end", "select total from {mart}");
  p.run();
  // Different halves with the same sum.
  EXPECT_EQ(made_after("select range as i, 1 as half from range(6)"), (Names{"raw", "mart"}));
  EXPECT_EQ(last.ended["end"], "fresh");
}

TEST_F(EarlyCutOff, GoesThroughEphemeralAssets) {
  p.add(AssetKind::ephemeral, "halves", "select half from {raw}");
  p.table("through", "select sum(half) as s from {halves}");
  p.run();
  EXPECT_EQ(made_after("select range as i, range // 2 as half from range(6) order by half desc"),
            (Names{"raw"}));
  EXPECT_EQ(made_after("select range as i, range as half from range(6)"),
            (Names{"raw", "mart", "through"}));
  p.add(AssetKind::ephemeral, "halves", "select half + 1 as half from {raw}");
  EXPECT_EQ(made(), (Names{"through"}));
  EXPECT_EQ(last.made["through"], "its SQL changed");
}

class EarlyCutOffOfViews : public EarlyCutOff {
 protected:
  EarlyCutOffOfViews() {
    p.view("stg", "select i, half from {raw}");
    p.table("mart", "select sum(half) as total from {stg}");
    p.run();
  }
};

TEST_F(EarlyCutOffOfViews, LeavesWhatReadsAViewOfOtherSqlAndTheSameRows) {
  p.view("stg", "select half * 0 + i as i, half from {raw}");
  EXPECT_EQ(made(), (Names{"stg"}));
  EXPECT_EQ(last.ended["mart"], "fresh");
  EXPECT_TRUE(p.plan().is_empty());
}

TEST_F(EarlyCutOffOfViews, GoesOnWhereItsRowsChanged) {
  p.view("stg", "select i, half + 1 as half from {raw}");
  EXPECT_EQ(made(), (Names{"stg", "mart"}));
  EXPECT_EQ(p.rows("from mart"), (Lines{"12"}));
}

TEST_F(EarlyCutOffOfViews, GoesOnWhereItsInputsChanged) {
  EXPECT_EQ(made_after("select range as i, range as half from range(6)"),
            (Names{"raw", "stg", "mart"}));
  EXPECT_EQ(p.rows("from mart"), (Lines{"15"}));
}

TEST_F(EarlyCutOffOfViews, LeavesTheViewItselfWhereItsInputsCameOutTheSame) {
  EXPECT_EQ(made_after("select range as i, range // 2 as half from range(6) order by i desc"),
            (Names{"raw"}));
  EXPECT_EQ(last.ended["stg"], "fresh");
}

TEST_F(EarlyCutOffOfViews, HoldsAfterAViewOfOtherSqlIsMadeOnceMore) {
  p.view("stg", "select half * 0 + i as i, half from {raw}");
  p.run();
  PlanOptions only;
  only.only = {{"stg"}};
  p.run(only);
  EXPECT_EQ(p.reasons(), Texts{});
}

TEST_F(EarlyCutOffOfViews, MendsAViewWhoseInputWasDropped) {
  p.execute("drop table raw");
  p.view("stg", "select half * 0 + i as i, half from {raw}");
  EXPECT_EQ(made(), (Names{"raw", "stg", "mart"}));
  EXPECT_EQ(last.error, "");
  EXPECT_EQ(p.rows("select count(*) from stg"), (Lines{"6"}));
}

}  // namespace
}  // namespace gsa::assets
