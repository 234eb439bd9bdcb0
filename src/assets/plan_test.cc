#include "assets/plan.h"

#include <gtest/gtest.h>

#include "assets/engine_fixture.h"
#include "base/clock.h"
#include "base/error.h"

namespace gsa::assets {
namespace {

// raw → stg (a view) → mart
Pipeline three() {
  Pipeline p;
  p.table("raw", "select range as i from range(3)").code["--seed"] = "42";
  p.view("stg", "select i * 2 as j from {raw}");
  p.table("mart", "select sum(j) as total from {stg}");
  return p;
}

TEST(Plan, MakesWhatWasNeverMade) {
  Pipeline p = three();
  EXPECT_EQ(p.reasons(),
            (Texts{{"raw", "never made"}, {"stg", "never made"}, {"mart", "never made"}}));
}

TEST(Plan, IsEmptyOnceAllIsPublished) {
  Pipeline p = three();
  p.check("some", "select count(*) from {mart} where total is null");
  p.run();
  EXPECT_TRUE(p.plan().is_empty());
  EXPECT_EQ(p.run().run_id, 0);
}

TEST(Plan, NamesTheOptionThatChangedAndItsValues) {
  Pipeline p = three();
  p.run();
  p.table("raw", "select range as i from range(3)").code["--seed"] = "7";
  EXPECT_EQ(p.reasons()["raw"], "--seed changed from 42 to 7");
}

TEST(Plan, NamesEveryPartOfTheCodeThatChanged) {
  Pipeline p = three();
  p.run();
  Asset& raw = p.table("raw", "select range as i from range(4)");
  raw.code = {{"--seed", std::string(60, '9')}, {"--users", "5"}, {"unique key", "i"}};
  EXPECT_EQ(p.reasons()["raw"], "--seed changed from 42 to " + std::string(39, '9') +
                                    "…, --users changed, its SQL changed, its unique key changed");
  raw.code.clear();
  EXPECT_EQ(p.reasons()["raw"], "its SQL changed, --seed changed");
}

TEST(Plan, MakesWhatHangsOnStaleAssetsOnlyIfTheirContentChanges) {
  Pipeline p = three();
  p.run();
  p.table("raw", "select range as i from range(4)");
  EXPECT_EQ(p.reasons(), (Texts{{"raw", "its SQL changed"},
                                {"stg", "upstream raw will be made anew"},
                                {"mart", "upstream stg will be made anew"}}));
  const Plan plan = p.plan();
  EXPECT_FALSE(plan.find({"raw", ""})->depends_on_outcome);
  EXPECT_TRUE(plan.find({"mart", ""})->depends_on_outcome);
}

TEST(Plan, NamesAFewOfManyInputsAndCountsTheRest) {
  Pipeline p;
  std::string all = "select 1 as i";
  for (const std::string name : {"a", "b", "c", "d", "e"}) {
    p.table(name, "select 1 as i");
    all += " union all from {" + name + "}";
  }
  p.table("z", all);
  p.run();
  PlanOptions only;
  only.only = {{"a", "b", "c", "d", "e"}};
  for (const std::string name : {"a", "b", "c", "d", "e"}) p.table(name, "select 2 as i");
  EXPECT_EQ(p.reasons()["z"], "upstream a, b, c and 2 more will be made anew");
  p.run(only);
  EXPECT_EQ(p.reasons(), (Texts{{"z", "upstream a, b, c and 2 more were made anew"}}));
}

TEST(Plan, MakesWhatIsMissing) {
  Pipeline p = three();
  p.run();
  p.execute("drop table mart; drop view stg");
  EXPECT_EQ(p.reasons(), (Texts{{"stg", "its view is missing"}, {"mart", "its table is missing"}}));
}

TEST(Plan, MakesWhatWasReplacedByTheOtherKindOfRelation) {
  Pipeline p = three();
  p.run();
  p.execute("drop table mart; create view mart as select 1 as total");
  EXPECT_EQ(p.reasons(), (Texts{{"mart", "its table is missing"}}));
}

TEST(Plan, MakesWhatOthersDeletedFromOrAddedTo) {
  for (const char* change : {"delete from raw where i = 1", "insert into raw values (9)"}) {
    Pipeline p = three();
    p.run();
    p.execute(change);
    EXPECT_EQ(p.reasons()["raw"], "its rows were changed by something other than gsa") << change;
  }
}

TEST(Plan, OfAFullRefreshMakesEverything) {
  Pipeline p = three();
  p.run();
  PlanOptions refresh;
  refresh.full_refresh = true;
  EXPECT_EQ(
      p.reasons(refresh),
      (Texts{{"raw", "--full-refresh"}, {"stg", "--full-refresh"}, {"mart", "--full-refresh"}}));
}

TEST(Plan, OfAFullRefreshOfSomePartitionsLeavesOthersAlone) {
  Pipeline p;
  p.table("raw", "select '{partition}' as month").partitions = {"2025-11", "2025-12"};
  p.table("mart", "select count(*) as n from {raw}");
  p.run();
  PlanOptions refresh;
  refresh.full_refresh = true;
  refresh.refreshed = {"2025-12"};
  EXPECT_EQ(p.reasons(refresh),
            (Texts{{"raw[2025-12]", "--full-refresh"}, {"mart", "--full-refresh"}}));
}

TEST(Plan, OfASelectionMakesItFreshOrNotAndNothingElse) {
  Pipeline p = three();
  p.run();
  p.table("mart", "select 1 as total");
  PlanOptions only;
  only.only = {{"stg"}};
  EXPECT_EQ(p.reasons(only), (Texts{{"stg", "selected"}}));
}

TEST(Plan, MakesTogetherWhatBelongsTogetherAndWhatHangsOnIt) {
  Pipeline p;
  p.table("a", "select 1 as i");
  p.table("b", "select 2 as i");
  p.table("on_a", "select i from {a}");
  p.table("alone", "select 3 as i");
  p.run();
  PlanOptions together;
  together.together = {"a", "b"};
  EXPECT_EQ(p.reasons(together), Texts{});
  p.execute("drop table b");
  EXPECT_EQ(p.reasons(together), (Texts{{"a", "made together with b"},
                                        {"b", "its table is missing"},
                                        {"on_a", "upstream a will be made anew"}}));
}

TEST(Plan, MakesWhatReadsASourceOfAnotherVersion) {
  Pipeline p;
  p.execute("create table orders as select 1 as i");
  p.add(AssetKind::source, "orders", "");
  p.sources = {{"orders", "v1"}};
  p.table("mart", "select i from {orders}");
  EXPECT_EQ(p.reasons(), (Texts{{"mart", "never made"}}));
  p.run();
  EXPECT_EQ(p.reasons(), Texts{});
  p.sources["orders"] = "v2";
  EXPECT_EQ(p.reasons(), (Texts{{"mart", "upstream orders was made anew"}}));
}

TEST(Plan, MakesPartitionsThatAreNewAndWhatReadsTheWhole) {
  Pipeline p;
  Asset& raw = p.table("raw", "select '{partition}' as month");
  raw.partitions = {"2025-11"};
  p.table("copy", "select month from {raw}").partitions = {"2025-11"};
  p.table("mart", "select count(*) as n from {raw}");
  p.run();
  raw.partitions.emplace_back("2025-12");
  EXPECT_EQ(p.reasons(),
            (Texts{{"raw[2025-12]", "never made"}, {"mart", "upstream raw was made anew"}}));
}

TEST(Plan, NoticesPartitionsThatAreTakenAway) {
  Pipeline p;
  Asset& raw = p.table("raw", "select '{partition}' as month");
  raw.partitions = {"2025-11", "2025-12"};
  p.run();
  raw.partitions = {"2025-12"};
  const Plan alone = p.plan();
  EXPECT_EQ(alone.joins, (Names{"raw"}));
  EXPECT_FALSE(alone.is_empty());
  p.table("mart", "select count(*) as n from {raw}");
  p.run();
  raw.partitions = {"2025-11", "2025-12"};
  p.run();
  raw.partitions = {"2025-12"};
  EXPECT_EQ(p.reasons(), (Texts{{"mart", "upstream raw was made anew"}}));
}

TEST(Plan, NoticesThatTheViewOnPartitionsIsMissing) {
  Pipeline p;
  p.table("raw", "select '{partition}' as month").partitions = {"2025-11"};
  p.run();
  EXPECT_EQ(p.plan().joins, Names{});
  p.execute("drop view raw");
  EXPECT_EQ(p.plan().joins, (Names{"raw"}));
  PlanOptions only;
  only.only = Names{};
  EXPECT_EQ(p.plan(only).joins, Names{});
}

TEST(Plan, NamesRelationsThatNoLongerBelongToTheGraphButNotToASelection) {
  Pipeline p = three();
  p.table("end", "select 1 as i");
  p.run();
  p.remove("end");
  EXPECT_EQ(p.reasons(), Texts{});
  EXPECT_EQ(p.plan().left, (Names{"end"}));
  EXPECT_EQ(p.plan().gone, Names{});
  PlanOptions only;
  only.only = Names{};
  EXPECT_EQ(p.plan(only).left, Names{});
  EXPECT_TRUE(p.run().published);
  EXPECT_TRUE(p.plan().is_empty());
}

class ChecksDue : public testing::Test {
 protected:
  ChecksDue() {
    p.table("a", "select 1 as i");
    p.table("b", "select 2 as i");
    p.check("of_a", "select count(*) from {a} where i is null");
    p.check("of_b", "select count(*) from {b} where i is null");
    p.run();
  }
  Pipeline p;
};

TEST_F(ChecksDue, AreNoneThatHeld) { EXPECT_EQ(p.due(), Names{}); }

TEST_F(ChecksDue, AreThoseThatAreNew) {
  p.check("another", "select count(*) from {a} where i = 5");
  EXPECT_EQ(p.due(), (Names{"another"}));
  p.run();
  EXPECT_EQ(p.due(), Names{});
}

TEST_F(ChecksDue, AreThoseWhoseCodeChanged) {
  p.check("of_b", "select count(*) from {b} where i < 0");
  EXPECT_EQ(p.due(), (Names{"of_b"}));
}

TEST_F(ChecksDue, AreThoseOfAssetsThatWillBeMade) {
  p.table("a", "select 3 as i");
  EXPECT_EQ(p.due(), (Names{"of_a"}));
}

TEST_F(ChecksDue, AreThoseWhoseInputsWereMadeWithoutThem) {
  p.table("a", "select 3 as i");
  std::vector<Check> held_back;
  std::swap(p.checks, held_back);
  p.run();
  std::swap(p.checks, held_back);
  EXPECT_EQ(p.due(), (Names{"of_a"}));
}

TEST_F(ChecksDue, AreThoseThatFailedTheLastTime) {
  p.check("of_a", "select count(*) from {a} where i = 1");
  p.check("of_b", "select count(*) from {b} where i = 2").blocks = false;
  p.run();
  EXPECT_EQ(p.due(), (Names{"of_a"}));  // a warning is an outcome
}

TEST_F(ChecksDue, AreThoseWhoseAnswerChangesWithTime) {
  p.checks[0].always = true;
  EXPECT_EQ(p.due(), (Names{"of_a"}));
}

TEST_F(ChecksDue, OfAFullRefreshAreAll) {
  PlanOptions refresh;
  refresh.full_refresh = true;
  EXPECT_EQ(p.due(refresh), (Names{"of_a", "of_b"}));
}

TEST_F(ChecksDue, OfASelectionAreThoseOfWhatIsMade) {
  p.check("of_b", "select count(*) from {b} where i < 0");
  PlanOptions only;
  only.only = {{"a"}};
  EXPECT_EQ(p.due(only), (Names{"of_a"}));
}

// Each asset has five inputs and two checks; everything is published and fresh.
TEST(PlanSpeed, IsWellUnderASecondForTwoThousandAssetsAndFourThousandChecks) {
  constexpr int kAssets = 2000;
  std::vector<Asset> assets;
  std::vector<Check> checks;
  State state;
  for (int i = 0; i < kAssets; ++i) {
    Asset asset;
    asset.name = asset.relation = fmt::format("asset_{:04}", i);
    asset.schema = "main";
    asset.code = {{"sql", std::string(1000, 'x')}, {"materialization", "table"}};
    Materialization made;
    made.unit.asset = asset.name;
    made.rows = 5;
    made.code_version = code_version_of(asset.code);
    made.data_version = "v";
    for (int back = 1; back <= std::min(i, 5); ++back) {
      asset.inputs.push_back(assets[assets.size() - static_cast<std::size_t>(back)].name);
      made.inputs[asset.inputs.back()] = "v";
    }
    state.published[made.unit] = made;
    state.relations[{"main", asset.name}] = {false, 5};
    for (const char* kind : {"unique", "not_null"}) {
      Check check;
      check.name = fmt::format("{}_{}", kind, asset.name);
      check.asset = asset.name;
      check.inputs = {asset.name};
      check.code = {{"sql", std::string(200, 'y')}};
      CheckRecord& last = state.checks[check.name];
      last.code_version = code_version_of(check.code);
      last.inputs = {{asset.name, "v"}};
      checks.push_back(check);
    }
    assets.push_back(std::move(asset));
  }
  const Graph graph(std::move(assets));
  const Stopwatch watch;
  const Plan plan = make_plan(graph, checks, state, {});
  const double seconds = watch.seconds();
  fmt::print("a plan of {} assets and {} checks took {:.3f} s\n", graph.size(), checks.size(),
             seconds);
  EXPECT_TRUE(plan.is_empty());
  EXPECT_EQ(plan.units.size(), 2000u);
  EXPECT_LT(seconds, 10);  // 0.012 s on an idle machine
}

}  // namespace
}  // namespace gsa::assets
