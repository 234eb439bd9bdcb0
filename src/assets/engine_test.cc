#include "assets/engine.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include <gtest/gtest.h>

#include "assets/engine_fixture.h"

namespace gsa::assets {
namespace {

// Lets threads wait for each other; the timeout is longer than any machine needs.
class Meeting {
 public:
  explicit Meeting(int expected) : expected_(expected) {}
  bool attend() {
    std::unique_lock lock(mutex_);
    ++present_;
    all_here_.notify_all();
    return all_here_.wait_for(lock, std::chrono::seconds(20),
                              [this] { return present_ >= expected_; });
  }

 private:
  const int expected_;
  int present_ = 0;
  std::mutex mutex_;
  std::condition_variable all_here_;
};

TEST(Engine, MakesWhatIsIndependentSideBySideParallel) {
  Pipeline p;
  Meeting meeting(2);
  std::atomic<int> met = 0;
  for (const std::string name : {"a", "b"}) {
    p.table(name, "select 1 as i");
    p.before[name] = [&] { met += meeting.attend(); };
  }
  const Ran ran = p.run();
  EXPECT_EQ(met, 2);
  EXPECT_NE(ran.step("a").lane, ran.step("b").lane);
}

TEST(Engine, AsksChecksWhileOtherAssetsAreMadeParallel) {
  Pipeline p;
  Meeting meeting(2);
  std::atomic<int> met = 0;
  p.table("a", "select 1 as i");
  p.table("b", "select i from {a}");
  p.check("of_a", "select count(*) from {a} where i is null");
  for (const std::string name : {"b", "of_a"}) p.before[name] = [&] { met += meeting.attend(); };
  EXPECT_TRUE(p.run().published);
  EXPECT_EQ(met, 2);
}

TEST(Engine, MakesManyAssetsOnManyLanesParallel) {
  Pipeline p;
  p.lanes = 4;
  p.table("a_0", "select 1 as i");
  for (int i = 1; i < 40; ++i) {
    p.table(fmt::format("a_{}", i), fmt::format("select i + 1 as i from {{a_{}}}", i / 2));
    p.check(fmt::format("c_{}", i), fmt::format("select count(*) from {{a_{}}} where i < 0", i));
  }
  const Ran ran = p.run();
  EXPECT_EQ(ran.made.size(), 40u);
  EXPECT_EQ(ran.told.numbers.size(), 79u);
  EXPECT_EQ(ran.told.numbers.back(), "79 of 79");
  EXPECT_EQ(p.rows("select i from a_39"), (Lines{"7"}));  // 39 → 19 → 9 → 4 → 2 → 1 → 0
}

TEST(Engine, MakesAnAssetAfterItsInputsAndSaysWhatItWaitedFor) {
  Pipeline p;
  p.table("z", "select 1 as i");
  p.table("y", "select i from {z}");
  p.table("a", "select y.i from {y} as y join {z} as z using (i)");
  const Ran ran = p.run();
  EXPECT_EQ(ran.told.begun_steps, (Lines{"z", "y", "a"}));
  EXPECT_EQ(ran.step("a").waited_for, (Lines{"z", "y"}));
  EXPECT_EQ(ran.step("a").step, 3);
  EXPECT_EQ(ran.step("a").rows, 1);
  EXPECT_EQ(ran.step("a").reason, "never made");
}

TEST(Engine, KeepsWhatItMakesHiddenUntilItIsPublished) {
  Pipeline p;
  p.table("raw", "select 1 as i");
  p.view("stg", "select i from {raw}");
  p.table("mart", "select i from {stg}");
  p.run();
  p.table("raw", "select 2 as i");
  Lines seen, beside;
  p.before["after mart"] = [&] {  // on a worker, while the main thread waits
    seen = p.rows("select raw.i, stg.i, mart.i from raw, stg, mart");
    beside = p.relations();
  };
  EXPECT_TRUE(p.run().published);
  EXPECT_EQ(seen, (Lines{"1, 1, 1"}));
  EXPECT_EQ(beside, (Lines{"main.__gsa_new__mart", "main.__gsa_new__raw", "main.__gsa_new__stg",
                           "main.mart", "main.raw", "main.stg"}));
  EXPECT_EQ(p.rows("select raw.i, stg.i, mart.i from raw, stg, mart"), (Lines{"2, 2, 2"}));
  EXPECT_EQ(p.relations(), (Lines{"main.mart", "main.raw", "main.stg"}));
}

TEST(Engine, PublishesViewsThatReadPublishedNames) {
  Pipeline p;
  p.table("raw", "select 1 as i");
  p.view("stg", "select i from {raw}");
  p.run();
  EXPECT_EQ(p.rows("select count(*) from duckdb_views() where sql like '%__gsa_new__%'"),
            (Lines{"0"}));
}

TEST(Engine, MakesSchemasThatAreMissing) {
  Pipeline p;
  for (const std::string name : {"a", "b", "c", "d"}) {
    p.table(name, "select 1 as i").schema = "reports";
  }
  EXPECT_TRUE(p.run().published);
  EXPECT_EQ(p.relations().front(), "reports.a");
}

TEST(Engine, PutsAMaterializationOnRecordWithAllThatItWasMadeOf) {
  Pipeline p;
  p.table("raw", "select range as i from range(10)");
  p.view("stg", "select i from {raw}");
  p.run();
  const auto published = read_state(p.connection).published;
  const Materialization& raw = published.at({"raw", ""});
  EXPECT_EQ(raw.rows, 10);
  EXPECT_EQ(raw.run_id, 1);
  EXPECT_EQ(raw.reason, "never made");
  EXPECT_EQ(raw.metadata, (Texts{{"lane", "any"}}));
  EXPECT_GT(raw.peak_memory_bytes, 0);
  EXPECT_GE(raw.seconds, 0);
  const Materialization& stg = published.at({"stg", ""});
  EXPECT_EQ(stg.rows, std::nullopt);
  EXPECT_EQ(stg.inputs, (Versions{{"raw", raw.data_version}}));
}

TEST(Engine, PutsItsStepsOnRecord) {
  Pipeline p;
  p.table("raw", "select 1 as i");
  p.check("of_raw", "select count(*) from {raw} where i is null");
  p.run();
  EXPECT_EQ(p.rows("select step, name, kind, status, reason, waited_for::varchar, attempts, rows "
                   "from ops.steps order by step"),
            (Lines{"1, raw, asset, success, never made, [], 1, 1",
                   "2, of_raw, check, success, null, [raw], 1, null"}));
  EXPECT_EQ(p.rows("select status, assets_made, checks_passed, published from ops.runs"),
            (Lines{"success, 1, 1, true"}));
  EXPECT_EQ(p.rows("select event from ops.events order by happened_at, rowid"),
            (Lines{"run_started", "asset_started", "asset_made"}));
}

TEST(Engine, TellsOfWhichAssetACheckIs) {
  Pipeline p;
  p.table("raw", "select 1 as i");
  p.check("of_raw", "select count(*) from {raw} where i is null");
  const Ran ran = p.run();
  EXPECT_EQ(ran.step("of_raw").asset, "raw");
  EXPECT_EQ(ran.step("raw").asset, "raw");  // its own
}

TEST(Engine, AddsToAnIncrementalAsset) {
  Pipeline p;
  p.table("raw", "select 1 as i");
  p.add(AssetKind::incremental, "log", "select i from {raw}");
  p.run();
  p.table("raw", "select 2 as i");
  p.run();
  EXPECT_EQ(p.rows("select i from log order by i"), (Lines{"1", "2"}));
  EXPECT_EQ(p.reasons(), Texts{});
}

TEST(Engine, LeavesAnAssetFreshThatDeletesFromItself) {
  Pipeline p;
  p.table("raw", "select 1 as i");
  p.run();
  p.before["after raw"] = [&] { p.execute("delete from __gsa_new__raw where i < 10"); };
  p.table("raw", "select range as i from range(20)");
  p.run();
  EXPECT_EQ(p.rows("select count(*) from raw"), (Lines{"10"}));
  EXPECT_EQ(p.reasons(), Texts{});
}

TEST(Engine, LeavesWhatTheGraphNoLongerHasAndForgetsItButNotAfterASelection) {
  Pipeline p;
  p.table("a", "select 1 as i");
  p.table("b", "select 1 as i");
  p.run();
  p.execute("create table mine as select 1 as i");
  p.remove("b");
  PlanOptions only;
  only.only = {{"a"}};
  p.run(only);
  EXPECT_EQ(p.relations(), (Lines{"main.a", "main.b", "main.mine"}));
  p.table("a", "select 2 as i");
  p.run();
  EXPECT_EQ(p.relations(), (Lines{"main.a", "main.b", "main.mine"}));
  EXPECT_EQ(p.rows("select name from ops.published"), (Lines{"a"}));
}

TEST(Engine, MakesAnAssetWhoseRelationWasRenamedAndLeavesTheOld) {
  Pipeline p;
  p.table("a", "select 1 as i");
  p.run();
  p.table("a", "select 1 as i").relation = "b";
  EXPECT_EQ(p.reasons(), (Texts{{"a", "its table is missing"}}));
  p.run();
  EXPECT_EQ(p.relations(), (Lines{"main.a", "main.b"}));
  EXPECT_EQ(p.rows("select name from ops.published"), (Lines{"b"}));
}

TEST(Engine, TurnsATableIntoAViewAndBack) {
  Pipeline p;
  p.table("a", "select 1 as i");
  p.run();
  p.view("a", "select 1 as i").code["materialization"] = "view";
  p.run();
  EXPECT_EQ(p.rows("select count(*) from duckdb_views() where view_name = 'a'"), (Lines{"1"}));
  p.table("a", "select 1 as i").code["materialization"] = "table";
  p.run();
  EXPECT_EQ(p.relations(), (Lines{"main.a"}));
  EXPECT_EQ(p.reasons(), Texts{});
}

TEST(Engine, WarnsOfARowCountThatIsUnusual) {
  Pipeline p;
  for (int i = 0; i < 5; ++i) {
    p.table("raw", "select range as i from range(100)").code["--round"] = std::to_string(i);
    EXPECT_EQ(p.run().told.notes, Lines{}) << i;
  }
  p.table("raw", "select range as i from range(7)");
  const Ran ran = p.run();
  EXPECT_TRUE(ran.published);
  EXPECT_EQ(ran.told.notes, (Lines{"raw: 7 rows are unusual: the last 5 times they were 100 on "
                                   "average, with a standard deviation of 0.0"}));
  EXPECT_EQ(p.rows("select check_name, kind, severity, status, failures from ops.checks"),
            (Lines{"row_count_of_raw, row count, warn, warn, 1"}));
  EXPECT_EQ(p.rows("select max(checks_warned) from ops.runs"), (Lines{"1"}));
}

TEST(Engine, ThrowsOnWhatIsNoErrorOfTheUsersParallel) {
  Pipeline p;
  p.table("a", "select 1 as i");
  p.before["a"] = [] { throw std::logic_error("a bug"); };
  EXPECT_THROW(p.run(), std::logic_error);
}

TEST(Engine, ThrowsOnWhatTheListenersPulseThrewOnceTheWorkIsDoneParallel) {
  Pipeline p;
  Meeting meeting(2);
  p.table("a", "select 1 as i");
  p.on_pulse = [&] {
    meeting.attend();
    throw std::logic_error("a bug of the display");
  };
  p.before["a"] = [&] { EXPECT_TRUE(meeting.attend()); };
  EXPECT_THROW(p.run(), std::logic_error);
}

TEST(Engine, CanBeDestroyedWithoutHavingRun) {
  Pipeline p;
  p.table("a", "select 1 as i");
  const Graph graph = p.graph();
  const State state;
  const Plan plan = make_plan(graph, {}, state, {});
  const std::vector<Check> checks;
  const Versions sources;
  const Work work;
  Told told;
  const Engine engine(p.database, {graph, checks, state, plan, sources, "", 1, {}}, work, nullptr,
                      told);
  EXPECT_EQ(engine.steps_begun(), 0);
  EXPECT_EQ(engine.state().made({"a", ""}), std::nullopt);
}

}  // namespace
}  // namespace gsa::assets
