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

// What came out as it was is not changed: nothing behind it is made anew.
TEST_F(KeyedChanges, EndWhereTheRowsCameOutTheSame) {
  pipeline.execute("insert into outside values (9000, 3, 0), (9001, 4, 2)");
  pipeline.changes["events"] = "select unnest([3, 4]) as person";
  events("/* two */");
  EXPECT_EQ(pipeline.run().error, "");
  EXPECT_EQ(pipeline.rows("select metadata['values made anew'] from ops.materializations where "
                          "asset = 'people' order by run_id desc limit 1"),
            Lines{"1"});
  expect_right();
  pipeline.execute("insert into outside values (9002, 3, 0)");
  pipeline.changes["events"] = "select 3 as person";
  events("/* none */");
  EXPECT_FALSE(pipeline.run().made.contains("totals"));
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

// Rows that change together: events of visits, which are by ticket, or else by time.
class GroupedChanges : public testing::Test {
 protected:
  void SetUp() override {
    pipeline.execute(
        "create table outside (id integer, person integer, seen timestamp, ticket text)");
    pipeline.execute("create table plans (person integer, plan text)");
    pipeline.execute("insert into plans select i, 'free' from range(30) t(i)");
    add(2000);
    events();
    people();
    Asset& visits = pipeline.table("visits", visits_sql("{events}", "{people}"));
    visits.key = "id";
    visits.groups = KeyGroups{"visit", "person", "seen", "ticket", 30};
    pipeline.table("lengths", lengths_sql("{visits}")).key = "visit";
    EXPECT_EQ(pipeline.run().error, "");
  }

  static std::string visits_sql(const std::string& events, const std::string& people) {
    return fmt::format(
        "select id, e.person, seen, ticket, plan, case when e.person is null then null when ticket "
        "is not null then first_value(id) over (partition by e.person, ticket order by seen, id) "
        "else "
        "last_value(start ignore nulls) over (partition by e.person, ticket is null order by seen, "
        "id) end as visit from (select *, case when ticket is null and not coalesce(seen <= "
        "lag(seen) over w + interval 30 minute, false) then id end as start from {} window w as "
        "(partition "
        "by person, ticket is null order by seen, id)) as e join {} as p on p.person is not "
        "distinct "
        "from coalesce(e.person, 0)",
        events, people);
  }
  static std::string lengths_sql(const std::string& visits) {
    return fmt::format(
        "select visit, count(*) as events, min(seen) as began, max(seen) as ended, any_value(plan) "
        "as plan from {} where visit is not null group by visit",
        visits);
  }

  // Events of 40 people over ten days; one in five has a ticket, of which there are few.
  void add(int count) {
    pipeline.execute(fmt::format(
        "insert into outside select {} + i, if(h % 41 = 0, null, h % 41), timestamp '2025-06-01' + "
        "interval 1 minute * (h // 100 % 14400), if(h // 7 % 5 = 0, 't' || (h // 11 % 4), null) "
        "from (select i, hash(i, {}) as h from range({}) t(i))",
        next_id, ++seed, count));
    next_id += count;
  }
  void events() {
    pipeline.table("events", fmt::format("select * from outside /* {} */", seed)).key = "id";
  }
  void people() {
    pipeline.table("people", fmt::format("select * from plans /* {} */", seed)).key = "person";
  }

  std::string made(const std::string& asset) {
    return pipeline
        .rows(
            "select coalesce(metadata['made'], 'whole') from ops.materializations where asset = '" +
            asset + "' order by run_id desc limit 1")
        .front();
  }
  void expect_right() {
    const std::string visits = visits_sql("outside", "plans");
    EXPECT_EQ(pipeline.rows("select columns(*)::varchar from visits order by all"),
              pipeline.rows("select columns(*)::varchar from (" + visits + ") order by all"));
    EXPECT_EQ(pipeline.rows("select columns(*)::varchar from lengths order by all"),
              pipeline.rows("select columns(*)::varchar from (" + lengths_sql("(" + visits + ")") +
                            ") order by all"));
  }

  Pipeline pipeline;
  int next_id = 0, seed = 0;
};

TEST_F(GroupedChanges, ComeOutAsIfAllWereMadeAnew) {
  for (int round = 0; round < 15; ++round) {
    const int first = next_id;
    pipeline.execute("create or replace table before as from outside");
    pipeline.execute("create or replace table plans_before as from plans");
    if (round % 3 != 1) add(1 + round % 4);
    pipeline.execute(fmt::format("delete from outside where hash(id, {}) % 900 = 0", seed + round));
    pipeline.execute(
        fmt::format("update outside set seen = seen + interval 20 minute where hash(id, {}) % "
                    "800 = 1",
                    seed + round));
    pipeline.execute(
        fmt::format("update outside set ticket = 't1' where hash(id, {}) % 900 = 2", seed + round));
    if (round % 4 == 2) {
      pipeline.execute(fmt::format("update plans set plan = 'pro {0}' where person = {0}", round));
      pipeline.execute(fmt::format("insert into plans values ({}, 'late')", 30 + round / 4));
      pipeline.changes["people"] = "select person from (from plans except from plans_before)";
    } else {
      pipeline.changes["people"] = "select person from plans where false";
    }
    pipeline.changes["events"] =
        "select id from (from outside except from before) union select id from (from before except "
        "from outside)";
    ++seed;
    events();
    people();
    EXPECT_EQ(pipeline.run().error, "") << round;
    EXPECT_EQ(made("visits"), "changes") << round << " from " << first;
    expect_right();
    if (HasFailure()) return;
  }
}

TEST_F(GroupedChanges, NameColumnsOfTheTable) {
  pipeline.asset("visits").groups = KeyGroups{"visit", "persno", "seen", "ticket", 30};
  add(1);
  pipeline.changes["events"] = fmt::format("select {} as id", next_id - 1);
  events();
  const Ran ran = pipeline.run();
  EXPECT_EQ(ran.step("visits").message,
            "incremental_by of visits names the column 'persno', which it does not have");
}

}  // namespace
}  // namespace gsa::assets
