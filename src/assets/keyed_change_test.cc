// Tables that are made anew only for the values of their key that changed.

#include "assets/keyed_change.h"

#include <gtest/gtest.h>

#include "assets/engine_fixture.h"

namespace gsa::assets {
namespace {

// Events of people, behind them a view, what each did, and totals over all.
class KeyedChanges : public testing::Test {
 protected:
  void SetUp() override {
    pipeline.execute("create table outside (id integer, person integer, points integer)");
    pipeline.execute(
        "insert into outside select i, if(i % 10 = 0, null, i % 40), i % 7 from range(400) t(i)");
    events("");
    pipeline.view("seen", "select * from {events} where points > 0").key = "person";
    pipeline
        .table("people",
               "select person, count(*) as events, sum(points)::bigint as points from {seen} "
               "group by person")
        .key = "person";
    pipeline.table("totals", "select count(*) as people, sum(points) as points from {people}");
    pipeline.check("positive", "select count(*) from {people} where points < 0");
    pipeline.run();
  }
  // `more` makes the table of events stale.
  void events(const std::string& more) {
    pipeline.table("events", "select * from outside " + more).key = "person";
  }
  // Rows of these people join the events.
  void add(const std::string& people) {
    pipeline.execute("insert into outside select 1000 + i, person, 3 from (" + people +
                     ") t(i, person)");
    pipeline.changes["events"] = "select distinct person from (" + people + ") t(i, person)";
    events("/* " + people + " */");
  }
  std::string made(const std::string& asset) {
    return pipeline
        .rows(
            "select coalesce(metadata['made'], 'whole') from ops.materializations where asset = "
            "'" +
            asset + "' order by run_id desc limit 1")
        .front();
  }
  void expect_right() {
    EXPECT_EQ(pipeline.rows("from events order by all"),
              pipeline.rows("from outside order by all"));
    EXPECT_EQ(pipeline.rows("from people order by all"),
              pipeline.rows("select person, count(*), sum(points) from outside where points > 0 "
                            "group by 1 order by all"));
    EXPECT_EQ(pipeline.rows("from totals"),
              pipeline.rows("select count(distinct coalesce(person, -1)), sum(points) from outside "
                            "where points > 0"));
  }

  Pipeline pipeline;
};

TEST_F(KeyedChanges, AreFollowedByWhatHasTheSameKey) {
  add("select 1, 3 union all select 2, 77");
  EXPECT_EQ(pipeline.run().error, "");
  EXPECT_EQ(made("events"), "changes");
  EXPECT_EQ(made("people"), "changes");
  EXPECT_EQ(made("totals"), "whole");
  expect_right();
  EXPECT_EQ(pipeline.relations(),
            (Lines{"main.events", "main.outside", "main.people", "main.seen", "main.totals"}));
}

// What is on record of a changed table is what would be of one that is made whole.
TEST_F(KeyedChanges, HaveTheSumOfTheWholeTable) {
  add("select 1, 3");
  pipeline.run();
  const Lines changed = pipeline.rows(
      "select distinct asset, rows, checksum, data_version from ops.materializations where "
      "published and "
      "asset in ('events', 'people') order by all");
  pipeline.changes.clear();
  PlanOptions options;
  options.full_refresh = true;
  pipeline.execute("drop table people; drop table events");
  EXPECT_EQ(pipeline.run(options).error, "");
  EXPECT_EQ(made("people"), "whole");
  EXPECT_EQ(
      pipeline.rows("select distinct asset, rows, checksum, data_version from ops.materializations "
                    "where published and asset in ('events', 'people') order by all"),
      changed);
}

TEST_F(KeyedChanges, NullIsAValueOfTheKey) {
  add("select 1, null::integer");
  pipeline.run();
  EXPECT_EQ(made("people"), "changes");
  expect_right();
}

TEST_F(KeyedChanges, AreNoneIfMostRowsChanged) {
  add("select i, i from range(30) t(i)");
  pipeline.run();
  EXPECT_EQ(made("people"), "whole");
  expect_right();
}

TEST_F(KeyedChanges, AreNoneIfTheCodeOfAModelOrOfAViewBeforeItChanged) {
  add("select 1, 3");
  pipeline.view("seen", "select * from {events} where points > 1 - 1").key = "person";
  pipeline.run();
  EXPECT_EQ(made("people"), "whole");
  expect_right();
  add("select 2, 4");
  pipeline
      .table("people",
             "select person, count(*) as events, sum(points)::bigint as points from {seen} "
             "group by all")
      .key = "person";
  pipeline.run();
  EXPECT_EQ(made("people"), "whole");
  expect_right();
}

TEST_F(KeyedChanges, AreNoneIfTheTableIsNotAsItWasMade) {
  pipeline.execute("delete from people where person = 7");
  add("select 1, 3");
  pipeline.run();
  EXPECT_EQ(made("people"), "whole");
  expect_right();
}

TEST_F(KeyedChanges, AreNotPublishedIfACheckFails) {
  const Lines before = pipeline.rows("from people order by all");
  const Lines relations = pipeline.relations();
  pipeline.check("few", "select count(*) from {events} where id > 1000");
  pipeline.checks.back().inputs = {"events"};
  add("select 1, 3");
  EXPECT_EQ(pipeline.run().error, "1 failed checks");
  EXPECT_EQ(pipeline.rows("from people order by all"), before);
  EXPECT_EQ(pipeline.relations(), relations);
}

TEST_F(KeyedChanges, OfAKilledRunAreGone) {
  const Lines before = pipeline.rows("from people order by all");
  add("select 1, 3");
  pipeline.run_and_die();
  EXPECT_EQ(pipeline.rows("from people order by all"), before);
  EXPECT_EQ(pipeline.run().error, "");
  expect_right();
}

}  // namespace
}  // namespace gsa::assets
