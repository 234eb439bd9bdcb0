#include "assets/history.h"

#include <gtest/gtest.h>

#include "assets/recorder.h"
#include "assets/records_fixture.h"
#include "assets/warehouse.h"
#include "base/error.h"

namespace gsa::assets {
namespace {

using Words = std::vector<std::string>;
using Map = std::map<std::string, std::string>;

std::string refusal(duck::Connection& connection, std::int64_t id) {
  try {
    run_of(connection, id);
  } catch (const Error& error) {
    return error.message() + "\n" + error.hint();
  }
  return "found";
}

TEST(History, ListsRunsNewestFirst) {
  duck::Connection connection = three_runs();
  const std::vector<RunRecord> all = runs(connection, 10);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(count_runs(connection), 3);
  EXPECT_EQ(all[0].id, 3);
  const RunRecord& failed = all[1];
  EXPECT_EQ(failed.id, 2);
  EXPECT_EQ(failed.command, "run");
  EXPECT_EQ(failed.options, "--prompts 4000 --seed 42");
  EXPECT_EQ(failed.status, RunStatus::failed);
  EXPECT_EQ(failed.message, "1 check failed");
  EXPECT_EQ(failed.started_at, "2025-12-25 09:00:00");
  EXPECT_EQ(failed.ended_at, "2025-12-25 09:00:08");
  EXPECT_EQ(failed.seconds, 8.0);
  EXPECT_FALSE(failed.published);
  EXPECT_TRUE(all[2].published);
  EXPECT_EQ(failed.assets_made, 4);
  EXPECT_EQ(failed.assets_fresh, 1);
  EXPECT_EQ(failed.checks_passed, 2);
  EXPECT_EQ(failed.checks_warned, 1);
  EXPECT_EQ(failed.checks_failed, 1);
  EXPECT_EQ(failed.peak_memory_bytes, 612000000);
  EXPECT_EQ(failed.threads, 4);
  EXPECT_EQ(failed.pid, 102);
  EXPECT_EQ(failed.gsa_version, "0.2.0");
  EXPECT_EQ(failed.baseline, "b1");
  EXPECT_EQ(runs(connection, 2).size(), 2u);
}

TEST(History, CallsARunWithoutAnEndInterruptedUnlessItMayBeRunning) {
  duck::Connection connection = three_runs();
  EXPECT_EQ(latest_run(connection).status, RunStatus::interrupted);
  EXPECT_EQ(latest_run(connection, Unfinished::may_be_running).status, RunStatus::running);
  EXPECT_EQ(run_of(connection, 3).status, RunStatus::interrupted);
  EXPECT_EQ(runs(connection, 1, Unfinished::may_be_running)[0].status, RunStatus::running);
  EXPECT_EQ(latest_run(connection).seconds, std::nullopt);
  EXPECT_EQ(latest_run(connection).ended_at, "");
}

TEST(History, SaysWhichRunsThereAreForOneThatThereIsNot) {
  duck::Connection connection = three_runs();
  EXPECT_EQ(refusal(connection, 9),
            "there is no run 9 on record\nthey go from 1 to 3: gsa runs lists them");
  connection.execute("delete from ops.runs where run_id > 1");
  EXPECT_EQ(refusal(connection, 2), "there is no run 2 on record\nthe only one is 1");
  connection.execute("delete from ops.runs");
  EXPECT_EQ(refusal(connection, 1),
            "no run is on record in this warehouse\nmake one with: gsa run");
}

TEST(History, HasNoRunsInAWarehouseWithoutTheTables) {
  duck::Connection connection = duck::Database(duck::DatabaseOptions{}).connect();
  EXPECT_FALSE(has_records(connection));
  EXPECT_TRUE(runs(connection, 5).empty());
  EXPECT_EQ(count_runs(connection), 0);
  EXPECT_THROW(latest_run(connection), Error);
  EXPECT_EQ(refusal(connection, 1),
            "no run is on record in this warehouse\nmake one with: gsa run");
}

TEST(History, GivesTheStepsInTheirOrderWithSecondsFromTheBeginOfTheRun) {
  duck::Connection connection = three_runs();
  const std::vector<StepRecord> steps = steps_of(connection, 1);
  ASSERT_EQ(steps.size(), 10u);
  const StepRecord& raw = steps[2];
  EXPECT_EQ(raw.step, 3);
  EXPECT_EQ(raw.name, "raw_generations");
  EXPECT_EQ(raw.kind, "asset");
  EXPECT_EQ(raw.asset, "raw_generations");
  EXPECT_EQ(raw.status, StepStatus::success);
  EXPECT_EQ(raw.reason, "never made");
  EXPECT_EQ(raw.waited_for, (Words{"raw_prompts", "raw_users"}));
  EXPECT_EQ(raw.lane, 1);
  EXPECT_EQ(raw.attempts, 1);
  EXPECT_EQ(utc_text(raw.started_at), "2025-12-24 18:30:01");
  EXPECT_EQ(raw.begun, 1.0);
  EXPECT_EQ(raw.ended, 2.5);
  EXPECT_EQ(raw.seconds, 1.5);
  EXPECT_EQ(raw.rows, 2000);
  EXPECT_EQ(steps[8].partition, "2025-12");
  EXPECT_EQ(label(steps[8].name, steps[8].partition), "daily_metrics[2025-12]");
  EXPECT_EQ(label("raw_users", ""), "raw_users");
}

TEST(History, ReadsBackWhatTheRecorderWrote) {
  const duck::Database database{duck::DatabaseOptions{}};
  duck::Connection connection = database.connect();
  Recorder recorder(database, {"run", {}, "", 1, ""});
  StepRecord step;
  step.step = 1;
  step.name = step.asset = "mart";
  step.kind = "asset";
  step.partition = "2025-12";
  step.status = StepStatus::warn;
  step.waited_for = {"a", "b[2025-12]"};
  step.lane = 3;
  step.attempts = 2;
  step.started_at = step.ended_at = WallTime(std::chrono::microseconds(4'000'000'000'123'456));
  step.seconds = 0.25;
  step.rows = 7;
  step.message = "odd";
  recorder.step(step);
  CheckRecord check;
  check.run_id = 1;
  check.name = "of_mart";
  check.asset = "mart";
  check.blocks = false;
  check.status = CheckStatus::warn;
  check.failures = 3;
  check.checked_at = step.started_at;
  check.inputs = {{"mart", "d"}};
  check.sample = {R"({"a":"x, y"})", R"({"a":null})"};
  recorder.check(check);
  recorder.flush();
  const StepRecord read = steps_of(connection, 1).at(0);
  EXPECT_EQ(read.asset, step.asset);
  EXPECT_EQ(read.partition, step.partition);
  EXPECT_EQ(read.status, step.status);
  EXPECT_EQ(read.waited_for, step.waited_for);
  EXPECT_EQ(read.lane, step.lane);
  EXPECT_EQ(read.attempts, step.attempts);
  EXPECT_EQ(read.started_at, step.started_at);
  EXPECT_EQ(read.ended_at, step.ended_at);
  EXPECT_EQ(read.seconds, step.seconds);
  EXPECT_EQ(read.rows, step.rows);
  const CheckRecord asked = checks_of(connection, 1).at(0);
  EXPECT_EQ(asked.run_id, 1);
  EXPECT_FALSE(asked.blocks);
  EXPECT_EQ(asked.status, check.status);
  EXPECT_EQ(asked.failures, check.failures);
  EXPECT_EQ(asked.checked_at, check.checked_at);
  EXPECT_EQ(asked.inputs, check.inputs);
  EXPECT_EQ(asked.sample, check.sample);
}

TEST(History, KeepsTheOptionsOfARunWhole) {
  const duck::Database database{duck::DatabaseOptions{}};
  duck::Connection connection = database.connect();
  const std::vector<RunOption> given = {{"--source", "a, b.csv"},
                                        {"--source", "it's --seed 7.csv"},
                                        {"--full-refresh", ""},
                                        {"", "folder"}};
  const Recorder recorder(database, {"run", given, "", 1, ""});
  const RunRecord run = latest_run(connection);
  EXPECT_EQ(run.option_values, given);
  EXPECT_EQ(run.options, "--source a, b.csv it's --seed 7.csv --full-refresh folder");
}

TEST(History, ReadsRunsOfAnOlderGsaWithoutValuesOfOptions) {
  duck::Connection connection = three_runs();
  EXPECT_TRUE(run_of(connection, 2).option_values.empty());
  connection.execute("alter table ops.runs drop column option_values");
  EXPECT_EQ(run_of(connection, 1).options, "--prompts 2000 --seed 42");
  EXPECT_TRUE(run_of(connection, 1).option_values.empty());
  create_records(connection);
  EXPECT_EQ(runs(connection, 5).size(), 3u);
}

TEST(History, RefusesAStatusThatItDoesNotKnow) {
  duck::Connection connection = three_runs();
  connection.execute("update ops.steps set status = 'paused' where run_id = 2 and step = 1");
  EXPECT_THROW(steps_of(connection, 2), Error);
  EXPECT_EQ(steps_of(connection, 1).size(), 10u);
}

TEST(History, KnowsTheAssetOfACheck) {
  duck::Connection connection = three_runs();
  EXPECT_EQ(steps_of(connection, 1)[4].asset, "stg_generations");
  connection.execute("delete from ops.checks");
  EXPECT_EQ(steps_of(connection, 1)[4].asset, "");
}

TEST(History, EndsAStepThatWasCutOffWithTheLastThatIsKnown) {
  duck::Connection connection = three_runs();
  const StepRecord killed = steps_of(connection, 3).at(1);
  EXPECT_EQ(killed.begun, 2.25);
  EXPECT_EQ(killed.ended, 2.25);
  EXPECT_EQ(killed.seconds, std::nullopt);
  const StepRecord skipped = steps_of(connection, 2).at(8);
  EXPECT_EQ(skipped.begun, std::nullopt);
  EXPECT_EQ(skipped.ended, std::nullopt);
  EXPECT_EQ(skipped.lane, 0);
  EXPECT_EQ(skipped.message, "a check of fct_sessions failed");
}

TEST(History, GivesMaterializationsWithTheirMaps) {
  duck::Connection connection = three_runs();
  const std::vector<Materialization> made = materializations_of(connection, 1);
  ASSERT_EQ(made.size(), 7u);
  EXPECT_EQ(made[4].run_id, 1);
  EXPECT_EQ(made[4].unit.asset, "fct_sessions");
  EXPECT_EQ(made[4].made_at, "2025-12-24 18:30:00");
  EXPECT_EQ(made[4].rows, 640);
  EXPECT_EQ(made[4].bytes, 6400);
  EXPECT_EQ(made[4].seconds, 1.5);
  EXPECT_EQ(made[4].peak_memory_bytes, 512000000);
  EXPECT_EQ(made[4].checksum, "c");
  EXPECT_EQ(made[4].data_version, "d-sessions");
  EXPECT_EQ(made[4].code_version, "c-sessions-1");
  EXPECT_EQ(made[4].reason, "never made");
  EXPECT_TRUE(made[4].published);
  EXPECT_EQ(made[4].inputs, (Map{{"raw_prompts", "d-sessions"}}));
  EXPECT_EQ(made[4].metadata, (Map{{"file", "models/a.sql"}}));
  EXPECT_EQ(made[5].unit.partition, "2025-11");
  EXPECT_EQ(made[3].rows, std::nullopt);
  EXPECT_FALSE(materializations_of(connection, 2)[0].published);
  EXPECT_EQ(materializations_of(connection, 2)[0].inputs, (Map{{"raw_prompts", "d-prompts-2"}}));
}

TEST(History, GivesChecksWithTheirFailingRows) {
  duck::Connection connection = three_runs();
  const std::vector<CheckRecord> checks = checks_of(connection, 2);
  ASSERT_EQ(checks.size(), 3u);
  const CheckRecord& failed = checks[2];
  EXPECT_EQ(failed.name, "unique_fct_sessions_id");
  EXPECT_EQ(failed.asset, "fct_sessions");
  EXPECT_EQ(failed.kind, "data test");
  EXPECT_TRUE(failed.blocks);
  EXPECT_EQ(failed.status, CheckStatus::fail);
  EXPECT_EQ(failed.failures, 4);
  EXPECT_EQ(failed.condition, "!= 0");
  EXPECT_EQ(failed.message, "4 failures, allowed: = 0");
  EXPECT_EQ(utc_text(failed.checked_at), "2025-12-25 09:00:08");
  EXPECT_EQ(failed.seconds, 0.1);
  EXPECT_EQ(failed.code_version, "c");
  EXPECT_EQ(failed.inputs, (Map{{"fct_sessions", "d"}}));
  ASSERT_EQ(failed.sample.size(), 4u);
  EXPECT_EQ(failed.sample[0], R"({"session_id":7,"who":"Zoë, \"Z\""})");
  EXPECT_EQ(failed.sample[1], R"({"session_id":8,"who":null})");
  EXPECT_EQ(checks[0].sample, Words{});
  EXPECT_EQ(checks[1].sample, Words{"not JSON"});
}

TEST(History, GivesTheMaterializationsOfAnAssetNewestFirst) {
  duck::Connection connection = three_runs();
  const auto runs_that_made = [&](const std::string& asset, std::int64_t limit) {
    Words found;
    for (const Materialization& made : materializations_of(connection, asset, limit)) {
      found.push_back(std::to_string(made.run_id) + made.unit.partition);
    }
    return found;
  };
  EXPECT_EQ(runs_that_made("raw_generations", 2), (Words{"3", "2"}));
  EXPECT_EQ(runs_that_made("daily_metrics", 9), (Words{"12025-11", "12025-12"}));
  EXPECT_EQ(runs_that_made("none", 9), Words{});
}

TEST(History, GivesTheLastOutcomeOfEachCheckOfAnAsset) {
  duck::Connection connection = three_runs();
  const std::vector<CheckRecord> last = last_checks_of(connection, "stg_generations");
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[0].name, "not_null_stg_generations_id");
  EXPECT_EQ(last[0].run_id, 1);
  EXPECT_EQ(last[1].name, "unique_stg_generations_id");
  EXPECT_EQ(last[1].run_id, 2);
  EXPECT_EQ(last_checks_of(connection, "fct_sessions").at(1).sample.size(), 4u);
  EXPECT_EQ(last_checks(connection).size(), 4u);
}

TEST(History, GivesTheLog) {
  duck::Connection connection = three_runs();
  const std::vector<EventRecord> events = events_of(connection, 2);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].at, "2025-12-25 09:00:02.500");
  EXPECT_EQ(events[1].level, "warning");
  EXPECT_EQ(events[1].asset, "raw_prompts");
  EXPECT_EQ(events[1].event, "retry");
  EXPECT_EQ(events[1].message, "the hub was busy");
  EXPECT_EQ(events[1].fields, (Map{{"attempt", "2"}, {"wait", "1 s"}}));
  EXPECT_TRUE(events[0].fields.empty());
}

}  // namespace
}  // namespace gsa::assets
