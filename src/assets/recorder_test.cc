#include "assets/recorder.h"

#include <atomic>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assets/history.h"
#include "assets/records_schema.h"
#include "base/error.h"

namespace gsa::assets {
namespace {

using Lines = std::vector<std::string>;

class Records : public testing::Test {
 protected:
  Lines rows(const std::string& sql) {
    const duck::Result result = connection.query(sql);
    Lines lines;
    for (std::size_t r = 0; r < result.rows(); ++r) {
      std::string line;
      for (std::size_t c = 0; c < result.columns(); ++c) {
        line += (c == 0 ? "" : ", ") + result.shown(r, c).value_or("null");
      }
      lines.push_back(std::move(line));
    }
    return lines;
  }
  static StepRecord step(const std::string& name) {
    StepRecord step;
    step.step = 1;
    step.name = name;
    step.kind = "asset";
    step.status = StepStatus::success;
    step.started_at = step.ended_at = std::chrono::system_clock::now();
    return step;
  }
  static RunTotals totals(RunStatus status) {
    RunTotals totals;
    totals.status = status;
    return totals;
  }
  static Materialization made(const std::string& asset, const std::string& code_version) {
    Materialization made;
    made.unit.asset = asset;
    made.code_version = code_version;
    made.data_version = "d";
    return made;
  }

  duck::Database database{duck::DatabaseOptions{}};
  duck::Connection connection = database.connect();
};

TEST_F(Records, BeginARunThatIsRunning) {
  Recorder recorder(database, {"run", {{"--seed", "42"}}, "b1", 4, "1.2.3"});
  EXPECT_EQ(recorder.run_id(), 1);
  EXPECT_EQ(rows("select run_id, command, options, status, published, threads, gsa_version, "
                 "baseline, ended_at::varchar from ops.runs"),
            (Lines{"1, run, --seed 42, running, false, 4, 1.2.3, b1, null"}));
  EXPECT_TRUE(has_running(connection));
}

TEST_F(Records, CanBeReadWithSqlOnceTheyAreFlushed) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  StepRecord made = step("mart");
  made.partition = "2025-12";
  made.waited_for = {"raw", "users[2025-12]"};
  made.lane = 2;
  made.attempts = 2;
  made.rows = 7;
  made.started_at = WallTime(std::chrono::microseconds(1'766'600'000'123'456));
  recorder.step(made);
  CheckRecord outcome;
  outcome.name = "of_mart";
  outcome.status = CheckStatus::fail;
  outcome.failures = 3;
  outcome.inputs = {{"mart", "d1"}};
  recorder.check(outcome);
  recorder.event("warning", "mart", "retry", "busy", {{"attempt", "1"}});
  EXPECT_EQ(rows("select count(*) from ops.steps"), (Lines{"0"}));
  recorder.flush();
  EXPECT_EQ(rows("select name, partition, waited_for[2], lane, attempts, rows, message, "
                 "started_at::varchar from ops.steps"),
            (Lines{"mart, 2025-12, users[2025-12], 2, 2, 7, null, 2025-12-24 18:13:20.123456"}));
  EXPECT_EQ(rows("select check_name, severity, status, failures, inputs['mart'] from ops.checks"),
            (Lines{"of_mart, error, fail, 3, d1"}));
  EXPECT_EQ(rows("select level, asset, message, fields['attempt'] from ops.events where event = "
                 "'retry'"),
            (Lines{"warning, mart, busy, 1"}));
}

TEST_F(Records, KeepFindingsAsTheyAre) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  Materialization raw = made("raw_prompts", "c");
  raw.unit.partition = "2025-12";
  raw.findings = {{"rows without a time", "skipped", 7},
                  {"values of 'a: b' that are 3 odd", "read as missing", 2, "a: b",
                   "x, y.csv, row 3", "one\ttwo"},
                  {"never", "kept", 0}};
  recorder.materialization(raw, {});
  recorder.materialization(made("mart", "c"), {});
  recorder.flush();
  const std::vector<Materialization> read = materializations_of(connection, recorder.run_id());
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].findings, raw.findings);
  EXPECT_TRUE(read[1].findings.empty());
}

TEST_F(Records, TakeTheFindingsOfAnOlderGsaOutOfItsMetadata) {
  create_records(connection);
  connection.execute(
      "drop table ops.asset_findings; "
      "insert into ops.materializations (run_id, asset, metadata) values (4, 'raw_prompts', map {"
      "'source': 'a.csv', 'finding 10: later': '0 kept', "
      "'finding 02: values of ''a'' that are odd': '12 read as missing', "
      "'first of 02: values of ''a'' that are odd': 'a' || chr(9) || 'a.csv, row 3' || chr(9) || "
      "'no, 7'}), (4, 'raw_users', map {'period': '2025-12'})");
  const std::vector<Finding> expected = {
      {"values of 'a' that are odd", "read as missing", 12, "a", "a.csv, row 3", "no, 7"},
      {"later", "kept", 0}};
  EXPECT_EQ(materializations_of(connection, 4).at(0).findings, expected);
  for (int i = 0; i < 2; ++i) {  // once is enough
    create_records(connection);
    EXPECT_EQ(materializations_of(connection, 4).at(0).findings, expected);
  }
}

TEST_F(Records, OfMoreThanABatchAreAllWrittenInTheirOrder) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  for (int i = 0; i < 1203; ++i) recorder.step(step(fmt::format("s_{}", i)));
  recorder.flush();
  EXPECT_EQ(rows("select count(*), count(distinct name), bool_and(name = 's_' || rowid) from "
                 "ops.steps"),
            (Lines{"1203, 1203, true"}));
  recorder.flush();  // writes nothing twice
  EXPECT_EQ(rows("select count(*) from ops.steps"), (Lines{"1203"}));
}

TEST_F(Records, KeepTextsAsTheyAre) {
  const Lines odd = {"it's", "a\nb\tc\r\n", "„Größe“ — 大小 🦆",
                     R"(back\slash "quoted" $$ {x} %)", "'); drop table ops.runs; --"};
  Recorder recorder(database, {"run", {{"", odd[4]}}, "", 1, ""});
  for (const std::string& text : odd) {
    recorder.event("info", text, "odd", text, {{text, text}});
  }
  recorder.flush();
  const duck::Result found = connection.query(
      "select asset, message, map_keys(fields)[1], map_values(fields)[1] from ops.events where "
      "event = 'odd' order by rowid");
  ASSERT_EQ(found.rows(), odd.size());
  for (std::size_t r = 0; r < odd.size(); ++r) {
    for (std::size_t c = 0; c < 4; ++c) EXPECT_EQ(found.text(r, c), odd[r]);
  }
  EXPECT_EQ(connection.query("select options from ops.runs").text(0, 0), odd[4]);
}

TEST_F(Records, ReplaceBytesThatAreNoText) {
  using std::string_literals::operator""s;
  const std::vector<std::pair<std::string, std::string>> odd = {
      {"caf\xE9.csv"s, "caf\uFFFD.csv"},
      {"a\0b"s, "a\uFFFDb"},
      {"\xF0\x9F\xA6"s, "\uFFFD\uFFFD\uFFFD"},
      {"\xC0\xAF"s, "\uFFFD\uFFFD"},
      {"\xED\xA0\x80!"s, "\uFFFD\uFFFD\uFFFD!"},
      {"\xE0\x9F\xBF"s, "\uFFFD\uFFFD\uFFFD"},
      {"\xF4\x90\x80\x80"s, "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"\x80"s, "\uFFFD"},
      {"\xC3\xA9 \xED\x9F\xBF \xF4\x8F\xBF\xBF"s, "\xC3\xA9 \xED\x9F\xBF \xF4\x8F\xBF\xBF"}};
  Recorder recorder(database, {"run", {}, "", 1, ""});
  for (const auto& [text, kept] : odd) recorder.event("info", "", "odd", text);
  recorder.flush();
  const duck::Result found =
      connection.query("select message from ops.events where event = 'odd' order by rowid");
  ASSERT_EQ(found.rows(), odd.size());
  for (std::size_t r = 0; r < odd.size(); ++r) EXPECT_EQ(found.text(r, 0), odd[r].second) << r;
}

TEST_F(Records, EndWithTheTotals) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  RunTotals t = totals(RunStatus::failed);
  t.message = "1 error";
  t.made = 2, t.fresh = 3, t.passed = 4, t.warned = 5, t.failed = 6;
  t.peak_memory_bytes = 7;
  recorder.step(step("mart"));
  recorder.end(t, 90);
  EXPECT_EQ(rows("select status, message, published, assets_made, assets_fresh, checks_passed, "
                 "checks_warned, checks_failed, peak_memory_bytes, ended_at >= started_at, "
                 "seconds >= 0 from ops.runs"),
            (Lines{"failed, 1 error, false, 2, 3, 4, 5, 6, 7, true, true"}));
  EXPECT_EQ(rows("select count(*) from ops.steps"), (Lines{"1"}));
  EXPECT_FALSE(has_running(connection));
}

TEST_F(Records, AreNotLostWhereAFlushFailed) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  recorder.step(step("first"));
  connection.execute("alter table ops.steps rename to steps_away");
  EXPECT_THROW(recorder.flush(), Error);
  recorder.step(step("second"));
  EXPECT_THROW(recorder.flush(), Error);
  connection.execute("alter table ops.steps_away rename to steps");
  recorder.flush();
  EXPECT_EQ(rows("select name from ops.steps order by rowid"), (Lines{"first", "second"}));
  // Rows written in the same batch are there once.
  EXPECT_EQ(rows("select count(*) from ops.events"), (Lines{"1"}));
}

TEST_F(Records, ThatWereTakenAndCouldNotBeWrittenComeBack) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  recorder.step(step("first"));
  RecordBatch taken = recorder.take();
  recorder.step(step("second"));
  recorder.put_back(std::move(taken));
  recorder.end({RunStatus::failed, "the disk is full", false, 0, 0, 0, 0, 0, 0}, 90);
  EXPECT_EQ(rows("select name from ops.steps order by rowid"), (Lines{"first", "second"}));
  EXPECT_EQ(rows("select event from ops.events"), (Lines{"run_started"}));
}

TEST_F(Records, OfAKilledRunSayThatItWasInterruptedAndEndWithTheLastThatIsKnown) {
  {
    Recorder killed(database, {"run", {}, "", 1, ""});
    StepRecord last = step("mart");
    last.ended_at = WallTime(std::chrono::seconds(4'000'000'000));  // in 2096
    killed.step(last);
    killed.flush();
    Recorder finished(database, {"run", {}, "", 1, ""});
    EXPECT_EQ(finished.run_id(), 2);
    finished.end(totals(RunStatus::success), 90);
  }
  EXPECT_EQ(rows("select status, message, year(ended_at) from ops.runs order by run_id"),
            (Lines{"interrupted, the process ended before the run did, 2096",
                   "success, null, " +
                       rows("select year(started_at) from ops.runs where run_id = 2").front()}));
}

TEST_F(Records, OfARunThatWasKilledAtOnceEndAsItBegan) {
  connection.execute("begin");
  create_records(connection);
  connection.execute(
      "insert into ops.runs (run_id, status, started_at) values (1, 'running', "
      "'2025-12-24 18:30:00'); commit");
  EXPECT_EQ(mark_killed_runs(connection), 1);
  EXPECT_EQ(rows("select ended_at::varchar from ops.runs"), (Lines{"2025-12-24 18:30:00"}));
  EXPECT_EQ(mark_killed_runs(connection), 0);
}

TEST_F(Records, KeepACodeVersionOnce) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  recorder.materialization(made("a", "c1"), {{"sql", "select 1"}});
  recorder.materialization(made("b", "c1"), {{"sql", "select 1"}});
  recorder.flush();
  recorder.materialization(made("a", "c1"), {{"sql", "select 1"}});
  recorder.materialization(made("a", "c2"), {});
  recorder.flush();
  EXPECT_EQ(rows("select code_version, first_run from ops.code_versions order by all"),
            (Lines{"c1, 1", "c2, 1"}));
  EXPECT_EQ(rows("select count(*) from ops.materializations"), (Lines{"4"}));
}

// ---- Retention

class OldRecords : public Records {
 protected:
  // Each run has a row in every table. Run 1 is a year old; run 2 too, but published; run 3 is new.
  OldRecords() {
    for (int run = 1; run <= 3; ++run) {
      Recorder recorder(database, {"run", {}, "", 1, ""});
      recorder.step(step("a"));
      recorder.check({});
      recorder.materialization(made("a", fmt::format("c{}", run)), {{"sql", "x"}});
      recorder.end(totals(RunStatus::success), 90);
    }
    connection.execute(
        "update ops.runs set started_at = started_at - interval 1 year where run_id < 3; insert "
        "into ops.published (schema_name, name, run_id) values ('main', 'a', 2), ('main', 'v', "
        "null)");
  }
  Lines runs_in(const std::string& table) {
    return rows(fmt::format("select distinct run_id from ops.{} order by all", table));
  }
};

TEST_F(OldRecords, GoAtTheEndOfARunButNotThoseOfWhatIsPublished) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  recorder.step(step("a"));
  recorder.end(totals(RunStatus::success), 90);
  EXPECT_EQ(runs_in("runs"), (Lines{"2", "3", "4"}));
  EXPECT_EQ(runs_in("steps"), (Lines{"2", "3", "4"}));
  EXPECT_EQ(runs_in("events"), (Lines{"2", "3", "4"}));
  EXPECT_EQ(runs_in("checks"), (Lines{"2", "3"}));
  EXPECT_EQ(runs_in("materializations"), (Lines{"2", "3"}));
  EXPECT_EQ(rows("select code_version from ops.code_versions order by all"), (Lines{"c2", "c3"}));
}

TEST_F(OldRecords, StayAsLongAsTheyAreToBeKept) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  recorder.end(totals(RunStatus::success), 400);
  EXPECT_EQ(runs_in("runs"), (Lines{"1", "2", "3", "4"}));
  EXPECT_EQ(runs_in("materializations"), (Lines{"1", "2", "3"}));
}

TEST_F(OldRecords, OfTheRunThatEndsStayEvenIfNoDayIsToBeKept) {
  Recorder recorder(database, {"run", {}, "", 1, ""});
  recorder.end(totals(RunStatus::success), 0);
  EXPECT_EQ(runs_in("runs"), (Lines{"2", "4"}));
}

// ---- Threads

TEST_F(Records, OfSeveralThreadsAreAllThereParallel) {
  constexpr int kThreads = 4, kSteps = 300;
  Recorder recorder(database, {"run", {}, "", 1, ""});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&recorder, t] {
      for (int i = 0; i < kSteps; ++i) {
        recorder.step(step(fmt::format("{}_{}", t, i)));
        recorder.event("info", "a", "step", "");
        recorder.materialization(made("a", fmt::format("c{}", i % 7)), {{"sql", "x"}});
        if (i % 50 == 0) recorder.flush();
      }
    });
  }
  std::atomic<bool> ended = false;
  std::thread pulse([&] {
    while (!ended) recorder.flush_if_due();
  });
  for (std::thread& thread : threads) thread.join();
  ended = true;
  pulse.join();
  recorder.end(totals(RunStatus::success), 90);
  EXPECT_EQ(rows("select count(*), count(distinct name) from ops.steps"), (Lines{"1200, 1200"}));
  EXPECT_EQ(rows("select count(*) from ops.events where event = 'step'"), (Lines{"1200"}));
  EXPECT_EQ(rows("select count(*) from ops.code_versions"), (Lines{"7"}));
}

}  // namespace
}  // namespace gsa::assets
