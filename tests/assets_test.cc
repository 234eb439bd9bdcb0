// Which assets a run makes, and why: staleness, early cut-off, partitions, retries, and concurrent
// runs.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "gsa_process.h"
#include "project_folder.h"
#include "warehouse_reading.h"

namespace gsa::tests {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

const Names kBehindSessions = {"dim_users", "daily_metrics", "user_friction_summary", "time_spine"};
const Names kFacts = {"fct_generations", "fct_sessions",          "dim_users",
                      "daily_metrics",   "user_friction_summary", "time_spine"};

Names operator+(Names a, const Names& b) {
  a.insert(b.begin(), b.end());
  return a;
}

class AssetsTest : public PublicationTest {
 protected:
  // Runs on the project in project/. Options in `more` override the defaults.
  Outcome make(const Arguments& more = {}) const {
    Arguments line = {"run", "--quiet", "--warehouse", warehouse_, "--project", "project"};
    line.insert(line.end(), more.begin(), more.end());
    for (const auto& [option, value] :
         {std::pair{"--source", "synthetic"}, std::pair{"--prompts", "500"},
          std::pair{"--users", "50"}}) {
      if (std::find(more.begin(), more.end(), option) == more.end()) {
        line.insert(line.end(), {option, value});
      }
    }
    return gsa(folder_, line);
  }
  void expect_made(const Names& assets, const Arguments& more = {}) {
    const Outcome outcome = make(more);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(made_last(), assets);
  }

  // The assets that the newest run made; empty if there was no run since the last call.
  Names made_last() {
    const std::string run = read_cell(warehouse_, "select max(run_id) from ops.runs");
    if (run == last_run_) return {};
    last_run_ = run;
    Names names;
    for (const auto& row : read_rows(
             warehouse_, "select distinct asset from ops.materializations where run_id = " + run)) {
      names.insert(row[0]);
    }
    return names;
  }
  std::string reason(const std::string& asset) const {
    return read_cell(warehouse_,
                     "select replace(reason, ',', ';') from ops.materializations where asset = '" +
                         asset + "' order by run_id desc limit 1");
  }

  std::string last_run_;
};

TEST_F(AssetsTest, OnlyWhatDependsOnAChangeIsMadeAnew) {
  init_project();
  const Names raw = {"raw_prompts", "raw_users", "raw_generations"};
  const Names staging = {"stg_prompts", "stg_users", "stg_generations", "dim_prompts"};
  expect_made(raw + staging + kFacts);
  EXPECT_EQ(reason("fct_sessions"), "never made");
  expect_made({});

  expect_made(Names{"fct_sessions"} + kBehindSessions, {"--vars", "{friction_error_weight: 2.0}"});
  EXPECT_EQ(reason("fct_sessions"), "its SQL changed");
  EXPECT_EQ(reason("dim_users"), "upstream fct_sessions was made anew");
  // Without the var, everything is as before the last run.
  expect_made(Names{"fct_sessions"} + kBehindSessions);

  replace("models/marts/dim_users.sql", "users.cohort_week,",
          "users.cohort_week || 'x' as cohort_week,");
  expect_made({"dim_users", "user_friction_summary"});
  EXPECT_EQ(reason("dim_users"), "its SQL changed");

  replace("macros/friction.sql", "'100 * ' ~", "'100.0 * ' ~");
  // All of these round with it, and come out the same.
  expect_made({"fct_sessions", "dim_users", "daily_metrics", "user_friction_summary"});

  expect_made(Names{"raw_users", "raw_generations", "stg_users", "stg_generations"} + kFacts,
              {"--users", "60"});
  EXPECT_EQ(reason("raw_users"), "--users changed from 50 to 60");
  EXPECT_EQ(reason("raw_generations"), "--users changed from 50 to 60");
  expect_made(raw + staging + kFacts, {"--users", "60", "--seed", "7"});
  EXPECT_EQ(reason("raw_prompts"), "--seed changed from 42 to 7");
  // More prompts mean more generations, of the same users.
  expect_made(
      Names{"raw_prompts", "raw_generations", "stg_prompts", "dim_prompts", "stg_generations"} +
          kFacts,
      {"--users", "60", "--seed", "7", "--prompts", "600"});
}

TEST_F(AssetsTest, CommentsAndWhiteSpaceMakeNothingStale) {
  init_project();
  expect_made(Names{"raw_prompts", "raw_users", "raw_generations", "stg_prompts", "stg_users",
                    "stg_generations", "dim_prompts"} +
              kFacts);
  const std::string before = read_cell(warehouse_, "select count(*) from ops.runs");
  replace("models/marts/dim_users.sql", "with users as (", "/* who */ with\n\n  users as(--x\n");
  replace("models/staging/stg_users.sql", "select", "-- the users\nselect ");
  replace("macros/friction.sql", "'100 * ' ~", "'100* ' ~");
  const Outcome again = gsa(folder_, {"run", "--source", "synthetic", "--prompts", "500", "--users",
                                      "50", "--project", "project", "--warehouse", warehouse_});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_NE(again.err.find("Nothing is stale: 13 assets are up to date"), std::string::npos)
      << again.err;
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from ops.runs"), before);
}

TEST_F(AssetsTest, WhatComesOutTheSameLeavesFreshWhatHangsOnIt) {
  init_project();
  folder_.write("prompts.csv", "prompt\na red fox\na blue whale in the sea\nsnow\n");
  const Arguments line = {"--source", "prompts.csv"};
  EXPECT_EQ(make(line).exit_code, 0);
  made_last();
  // Changes the order of rows, and adds a condition that always holds.
  replace("models/marts/fct_sessions.sql", "select * from grouped",
          "select * from grouped\n    order by session_start desc");
  replace("models/marts/fct_sessions.sql", "where session_id is not null",
          "where session_id is not null and session_id >= 0");
  expect_made({"fct_sessions"}, line);
  replace("models/staging/stg_users.sql", "from {{ source('raw', 'raw_users') }}",
          "from {{ source('raw', 'raw_users') }} where true");
  expect_made({"stg_users"}, line);
  // The source is read again, and has not changed.
  fs::last_write_time(folder_ / "prompts.csv",
                      fs::file_time_type::clock::now() + std::chrono::seconds(5));
  expect_made({"raw_prompts"}, line);
  EXPECT_EQ(reason("raw_prompts"), "its source files changed");
  // A different word with as many tokens: the prompt's telemetry stays the same.
  folder_.write("prompts.csv", "prompt\na red fox\na blue whale in the sea\nrain\n");
  expect_made({"raw_prompts", "stg_prompts", "dim_prompts", "raw_generations"}, line);
  folder_.write("prompts.csv", "prompt\na red fox\na blue whale in the sea\nrain and snow\n");
  expect_made(
      Names{"raw_prompts", "stg_prompts", "dim_prompts", "raw_generations", "stg_generations"} +
          kFacts,
      line);
}

TEST_F(AssetsTest, ThatAreMissingOrWereChangedByOthersAreMadeAnew) {
  init_project();
  EXPECT_EQ(make().exit_code, 0);
  const Publication before = read_publication(warehouse_);
  made_last();
  execute("drop table user_friction_summary");
  expect_made({"user_friction_summary"});
  EXPECT_EQ(reason("user_friction_summary"), "its table is missing");
  execute("delete from dim_users where user_id < 3");
  expect_made({"dim_users"});
  EXPECT_EQ(reason("dim_users"), "its rows were changed by something other than gsa");
  EXPECT_EQ(read_publication(warehouse_), before);
}

TEST_F(AssetsTest, OfASelectionAreMadeFreshOrNotAndStaleIsAWordForThem) {
  init_project();
  EXPECT_EQ(make().exit_code, 0);
  made_last();
  expect_made({"fct_sessions"}, {"--select", "fct_sessions"});
  EXPECT_EQ(reason("fct_sessions"), "selected");
  expect_made({}, {"--select", "stale+"});
  replace("models/marts/dim_users.sql", "users.cohort_week,",
          "users.cohort_week || 'x' as cohort_week,");
  expect_made({"dim_users"}, {"--select", "stale", "--exclude", "user_friction_summary"});
  expect_made({"user_friction_summary"}, {"--select", "stale+"});
  expect_made({});
}

TEST_F(AssetsTest, ABlockingCheckKeepsItsAssetAndWhatHangsOnItFromBeingPublished) {
  init_project();
  EXPECT_EQ(make().exit_code, 0);
  const Publication before = read_publication(warehouse_);
  write("tests/no_low_friction.sql",
        "select user_id from {{ ref('dim_users') }} where lifetime_sessions < 0\n");
  replace("models/marts/dim_users.sql", "coalesce(activity.lifetime_sessions, 0)",
          "coalesce(activity.lifetime_sessions, 0) - 1000");
  replace("models/metrics/daily_metrics.sql", "coalesce(by_day.active_users, 0)",
          "coalesce(by_day.active_users, 1)");
  const Outcome failed = make();
  EXPECT_EQ(failed.exit_code, 3) << failed.err;
  EXPECT_NE(failed.err.find("held back: dim_users, user_friction_summary"), std::string::npos)
      << failed.err;
  Publication after = read_publication(warehouse_);
  EXPECT_EQ(after["dim_users"], before.at("dim_users"));
  EXPECT_EQ(after["user_friction_summary"], before.at("user_friction_summary"));
  EXPECT_EQ(read_rows(warehouse_,
                      "select status, published from ops.runs order by run_id desc "
                      "limit 1"),
            (TextRows{{"failed", "true"}}));
  expect_nothing_hidden();
}

TEST_F(AssetsTest, ThatFailForAMomentAreTriedAgain) {
  init_project();
  write("models/late.sql", "{{ config(materialized='table') }} select * from read_csv('" +
                               (folder_ / "late.csv") + "')\n");
  GsaProcess process({"run", "--source", "synthetic", "--prompts", "100", "--project", "project",
                      "--warehouse", warehouse_},
                     {folder_.path(), {}, {}});
  // The model has no inputs, so it is tried at once, and twice more within half a second.
  bool written = false;
  for (int i = 0; i < 400 && process.running(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (!written && fs::exists(warehouse_)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
      folder_.write("late.csv", "a\n1\n");
      written = true;
    }
  }
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_cell(warehouse_, "select a from late"), "1");
  const std::string attempts =
      read_cell(warehouse_, "select attempts from ops.steps where name = 'late'");
  EXPECT_EQ(
      read_cell(warehouse_,
                "select count(*) + 1 from ops.events where event = 'retry' and asset = 'late'"),
      attempts);
}

TEST_F(AssetsTest, AFileThatNeverComesIsAnErrorAfterThreeAttempts) {
  init_project();
  write("models/late.sql",
        "{{ config(materialized='table') }} select * from read_csv('never.csv')\n");
  const Outcome outcome = make();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("never.csv"), std::string::npos) << outcome.err;
  EXPECT_EQ(read_rows(warehouse_, "select attempts, status from ops.steps where name = 'late'"),
            (TextRows{{"3", "error"}}));
}

TEST_F(AssetsTest, AreExportedOnlyWhereTheFileDoesNotHoldWhatIsPublished) {
  init_project();
  EXPECT_EQ(make().exit_code, 0);
  const Outcome first = run("export", {"out"});
  EXPECT_EQ(first.exit_code, 0) << first.err;
  const Outcome again = run("export", {"out"});
  EXPECT_NE(again.err.find("fct_sessions             is up to date"), std::string::npos)
      << again.err;
  EXPECT_EQ(again.err.find("rows"), std::string::npos) << again.err;
  fs::remove(folder_ / "out/dim_users.parquet");
  EXPECT_EQ(make({"--vars", "{friction_error_weight: 2.0}"}).exit_code, 0);
  const Outcome third = run("export", {"out"});
  EXPECT_NE(third.err.find("raw_prompts              is up to date"), std::string::npos)
      << third.err;
  EXPECT_TRUE(fs::exists(folder_ / "out/dim_users.parquet"));
  EXPECT_EQ(
      read_rows(warehouse_,
                "select asset, reason from ops.materializations where asset in "
                "('export/dim_users', 'export/fct_sessions') and run_id = (select max(run_id) "
                "from ops.runs) order by asset"),
      (TextRows{{"export/dim_users", "its file is missing"},
                {"export/fct_sessions", "upstream fct_sessions was made anew"}}));
}

TEST_F(AssetsTest, WhoseDataIsTooOldAreHeldBack) {
  init_project();
  write("models/marts/ages.yml",
        "models:\n  - name: ages\n    config:\n      meta:\n        freshness:\n"
        "          loaded_at_field: at_\n          warn_after: {count: 1, period: hour}\n"
        "          error_after: {count: 2, period: day}\n");
  const auto ages = [&](const std::string& age) {
    write(
        "models/marts/ages.sql",
        "select (current_timestamp at time zone 'UTC')::timestamp - interval " + age + " as at_\n");
  };
  ages("5 minute");
  EXPECT_EQ(make().exit_code, 0);
  const auto status = [&] {
    return read_cell(warehouse_,
                     "select status from ops.checks where kind = 'freshness' order by run_id desc");
  };
  EXPECT_EQ(status(), "pass");
  ages("5 hour");
  EXPECT_EQ(make().exit_code, 0);
  EXPECT_EQ(status(), "warn");
  ages("5 day");
  const Outcome old = make();
  EXPECT_EQ(old.exit_code, 3) << old.err;
  EXPECT_EQ(status(), "fail");
  EXPECT_EQ(
      read_cell(warehouse_, "select current_localtimestamp() - at_ < interval 1 day from ages"),
      "true");
}

// ---- Months

class MonthsTest : public PublicationTest {
 protected:
  Outcome make(const Arguments& more) const {
    Arguments arguments = {"--source", "synthetic", "--prompts", "400"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run("run", arguments);
  }
  // For each month: its rows, their checksum, and how its partition was last made
  std::map<std::string, std::string> months(const std::string& table) const {
    std::map<std::string, std::string> found;
    for (const auto& row : read_rows(warehouse_,
                                     "select strftime(generated_at, '%Y-%m'), count(*) || ':' || "
                                     "sum(hash(t)::hugeint) from " +
                                         table + " t group by 1 order by 1")) {
      found[row[0]] = row[1];
    }
    return found;
  }
  std::string versions() const {
    std::string all;
    for (const auto& row :
         read_rows(warehouse_,
                   "select m.partition, m.data_version, m.run_id from ops.published p join "
                   "ops.materializations m using (run_id, asset, partition) where asset = "
                   "'raw_generations' order by 1")) {
      all += row[0] + " " + row[1] + " " + row[2] + "\n";
    }
    return all;
  }
};

TEST_F(MonthsTest, AreMadeTogetherOrOneByOneAlike) {
  ASSERT_EQ(make({"--month", "2025-10..2026-02"}).exit_code, 0);
  const Publication together = read_publication(warehouse_);
  EXPECT_EQ(months("raw_generations").size(), 5u);
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from raw_prompts"), "2000");
  EXPECT_EQ(read_cell(warehouse_, "select period from ops.provenance"), "2025-10 to 2026-02");
  EXPECT_EQ(read_cell(warehouse_, "select prompts from ops.provenance"), "2000");
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from daily_metrics"), "151");

  const std::string one_by_one = folder_ / "other.duckdb";
  for (const char* month : {"2026-01", "2025-10", "2025-12,2026-02", "2025-11"}) {
    const Outcome outcome =
        gsa(folder_, {"run", "--quiet", "--source", "synthetic", "--prompts", "400", "--users",
                      "50", "--month", month, "--warehouse", one_by_one});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  EXPECT_EQ(read_publication(one_by_one), together);
}

TEST_F(MonthsTest, ARunOfOneLeavesTheOthersAlone) {
  ASSERT_EQ(make({"--month", "2025-10..2025-12"}).exit_code, 0);
  const auto before = months("raw_generations");
  const std::string made_before = versions();
  ASSERT_EQ(make({"--month", "2025-11", "--full-refresh"}).exit_code, 0);
  EXPECT_EQ(months("raw_generations"), before);
  std::string expected = made_before;
  const std::size_t november = expected.find("2025-11");
  expected.replace(expected.find(" 1\n", november), 3, " 2\n");
  EXPECT_EQ(versions(), expected);
  // Rebuilt with the same result, they leave everything else fresh, except what --full-refresh
  // makes.
  const Outcome again = run("run", {"--source", "synthetic", "--prompts", "400"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(read_cell(warehouse_, "select max(run_id) from ops.runs"), "2");
}

// daily_metrics is built month by month, for the days between its first and its last.
TEST_F(MonthsTest, OfDailyMetricsAreTheWholeAndStayAsTheyAreBesideOthers) {
  const auto tables = [&] {
    std::map<std::string, std::string> found;
    for (const auto& row :
         read_rows(warehouse_,
                   "select table_name, table_oid from duckdb_tables() where starts_with("
                   "table_name, 'daily_metrics_')")) {
      found[row[0]] = row[1];
    }
    return found;
  };
  ASSERT_EQ(make({"--month", "2025-10..2025-11"}).exit_code, 0);
  const auto before = tables();
  ASSERT_EQ(before.size(), 2u);
  ASSERT_EQ(make({"--month", "2026-01"}).exit_code, 0);
  const auto after = tables();
  ASSERT_EQ(after.size(), 4u);
  for (const auto& [name, oid] : before) EXPECT_EQ(after.at(name), oid) << name;
  EXPECT_EQ(read_rows(warehouse_,
                      "select strftime(session_date, '%Y-%m') as month, count(*), "
                      "sum(total_sessions) from daily_metrics group by 1 order by 1"),
            read_rows(warehouse_,
                      "select strftime(day, '%Y-%m') as month, count(distinct day), "
                      "count(session_id) from unnest(generate_series(timestamp '2025-10-01', "
                      "timestamp '2026-01-31', interval 1 day)) as d (day) left join fct_sessions "
                      "on session_date = day group by 1 order by 1"));
  EXPECT_EQ(read_cell(warehouse_,
                      "select count(*) from ops.published join ops.materializations using (run_id, "
                      "asset, partition) where asset = 'daily_metrics' and rows between 28 and 31"),
            "4");
  EXPECT_EQ(run("build", {}).err.find("Nothing is stale") == std::string::npos, false);
}

TEST_F(MonthsTest, OfOtherOptionsReplaceThoseThatAreThere) {
  ASSERT_EQ(make({"--month", "2025-10..2025-12"}).exit_code, 0);
  // Without --month, all months are rebuilt.
  ASSERT_EQ(make({"--seed", "7"}).exit_code, 0);
  EXPECT_EQ(months("raw_generations").size(), 3u);
  EXPECT_EQ(read_cell(warehouse_, "select seed from ops.provenance"), "7");
  // With --month, the other months are dropped: they would not fit.
  ASSERT_EQ(make({"--seed", "8", "--month", "2025-11"}).exit_code, 0);
  EXPECT_EQ(months("raw_generations").size(), 1u);
  EXPECT_EQ(read_cell(warehouse_,
                      "select count(*) from duckdb_tables() where schema_name = 'partitions'"),
            "3");
  EXPECT_EQ(read_cell(warehouse_, "select period from ops.provenance"), "2025-11");
}

TEST_F(MonthsTest, ABackfillThatWasKilledGoesOnWhereItStopped) {
  const Arguments line = {"run",         "--quiet", "--source", "synthetic", "--prompts",
                          "20000",       "--users", "50",       "--month",   "2025-01..2025-12",
                          "--warehouse", warehouse_};
  const TempFolder other;
  Arguments undisturbed = line;
  undisturbed.back() = other / "w.duckdb";
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(gsa(other, undisturbed).exit_code, 0);
  const auto whole = std::chrono::steady_clock::now() - start;

  std::int64_t taken_over = 0;
  for (int attempt = 0; attempt < 12; ++attempt) {
    GsaProcess process(line, {folder_.path(), {}, {}});
    std::this_thread::sleep_for(whole * (3 + attempt) / 16);
    process.signal(SIGKILL);
    if (process.wait().exit_code == 0) break;
  }
  const Outcome last = gsa(folder_, line);
  ASSERT_EQ(last.exit_code, 0) << last.err;
  taken_over = std::stoll(read_cell(
      warehouse_, "select count(*) from ops.materializations where reason like '%taken over%'"));
  EXPECT_GT(taken_over, 0);
  EXPECT_EQ(read_publication(warehouse_), read_publication(other / "w.duckdb"));
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from ops.runs where status = 'running'"), "0");
  expect_nothing_hidden();
}

// ---- Two at once

class TwoProcesses : public PublicationTest {
 protected:
  Arguments line(const Arguments& more = {}) const {
    Arguments arguments = {"run",     "--source", "synthetic",   "--prompts", "60000",
                           "--users", "500",      "--warehouse", warehouse_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
};

TEST_F(TwoProcesses, StartedAtOnceOneRunsAndTheOtherSaysWhoDoes) {
  GsaProcess first(line(), {folder_.path(), {}, {}});
  GsaProcess second(line(), {folder_.path(), {}, {}});
  const Outcome a = first.wait(), b = second.wait();
  const Outcome& refused = a.exit_code == 0 ? b : a;
  EXPECT_EQ(a.exit_code + b.exit_code, 1) << a.err << b.err;
  EXPECT_NE(refused.err.find("is in use by"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("PID"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("--wait"), std::string::npos) << refused.err;
  EXPECT_EQ(read_rows(warehouse_, "select status from ops.runs"), (TextRows{{"success"}}));
}

TEST_F(TwoProcesses, StartedAtOnceOneRunsAndTheOtherWaitsWhereItIsToldTo) {
  GsaProcess first(line({"--wait", "--seed", "1"}), {folder_.path(), {}, {}});
  GsaProcess second(line({"--wait", "--seed", "2"}), {folder_.path(), {}, {}});
  const Outcome a = first.wait(), b = second.wait();
  EXPECT_EQ(a.exit_code, 0) << a.err;
  EXPECT_EQ(b.exit_code, 0) << b.err;
  EXPECT_NE((a.err + b.err).find("; waiting"), std::string::npos) << a.err << b.err;
  EXPECT_EQ(read_rows(warehouse_, "select status from ops.runs"),
            (TextRows{{"success"}, {"success"}}));
}

// ---- Plan

TEST_F(AssetsTest, APlanSaysWhatWouldBeMadeAndWhichColumnsAreTouchedAndChangesNothing) {
  init_project();
  EXPECT_EQ(make().exit_code, 0);
  const Publication before = read_publication(warehouse_);
  const auto relations = visible_relations(warehouse_);
  const auto plan = [&](const Arguments& more) {
    Arguments arguments = {"--users",   "50",  "--source",  "synthetic",
                           "--prompts", "500", "--project", "project"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run("plan", arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
  };
  EXPECT_EQ(plan({}), "Nothing is stale: 13 assets are up to date\n");
  const std::string changed = plan({"--diff", "--vars", "{friction_error_weight: 1.0}"});
  for (const char* part :
       {"5 assets to make\n  fct_sessions: its SQL changed\n", "Columns that are touched\n",
        "  fct_sessions: changes friction_basis, friction_category, friction_error_points, "
        "friction_score\n",
        "  user_friction_summary: changes avg_friction_score, sessions_with_friction\n",
        "  fct_sessions by session_id: ", "friction_score 100.0000 → "}) {
    EXPECT_NE(changed.find(part), std::string::npos) << part << " is not in\n" << changed;
  }
  // The lifetimes of users do not depend on friction.
  EXPECT_EQ(changed.find("dim_users by"), std::string::npos) << changed;
  EXPECT_EQ(changed.find("  dim_users: changes"), std::string::npos) << changed;
  EXPECT_EQ(read_publication(warehouse_), before);
  EXPECT_EQ(visible_relations(warehouse_), relations);
  EXPECT_EQ(read_cell(warehouse_, "select max(run_id) from ops.runs"), "1");
}

TEST_F(AssetsTest, AreListedDrawnAndShown) {
  init_project();
  const Outcome before = run("assets", {"--project", "project"});
  EXPECT_EQ(before.exit_code, 0) << before.err;
  EXPECT_NE(before.out.find("never made"), std::string::npos) << before.out;
  EXPECT_EQ(make().exit_code, 0);
  execute("drop table user_friction_summary");
  const Outcome list = run("assets", {"--project", "project"});
  EXPECT_NE(list.out.find("its table is missing"), std::string::npos) << list.out;
  const Outcome json = run("assets", {"--project", "project", "--format", "json"});
  EXPECT_NE(json.out.find("\"name\": \"fct_sessions\", \"kind\": \"table\", \"group\": \"marts\""),
            std::string::npos)
      << json.out;
  const Outcome show = run("assets", {"show", "fct_sessions", "--project", "project"});
  for (const char* part : {"state      fresh", "group      marts", "inputs     fct_generations",
                           "fct_generations.latency_ms", "never made", "unique_fct_sessions"}) {
    EXPECT_NE(show.out.find(part), std::string::npos) << part << " is not in\n" << show.out;
  }
  const Outcome unknown = run("assets", {"show", "fct_session"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("did you mean 'fct_sessions'?"), std::string::npos) << unknown.err;
}

}  // namespace
}  // namespace gsa::tests
