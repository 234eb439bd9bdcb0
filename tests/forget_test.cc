// gsa forget: a user is gone from every table, record, export and byte, later runs leave them out,
// and the rest has the numbers of a source without them.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"
#include "forget_fixture.h"

namespace gsa::tests {
namespace {

TEST_F(Forget, LeavesNoTraceInTablesRecordsAndBytes) {
  write_sources("all", 0, 400, everybody);
  // Records that quote the user: options, and an error in a message.
  run("all", {"--vars", fmt::format("{{somebody: {}}}", kGone)});
  ASSERT_FALSE(who_say("all", kGone).empty());
  ASSERT_FALSE(who_say("all", kGonePrompt).empty());
  ASSERT_FALSE(who_say("all", "-77123").empty());
  ASSERT_EQ(files_that_say("all", kGone), Names{"all.duckdb"});

  const Outcome forgotten = ok({"forget", kGone, "--warehouse", "all.duckdb", "--quiet"});
  EXPECT_TRUE(contains(forgotten.out, "Forgot 1 user.")) << forgotten.out;
  EXPECT_TRUE(contains(forgotten.out, "has no bytes of what was removed")) << forgotten.out;
  EXPECT_TRUE(contains(forgotten.out, "the source: all/events")) << forgotten.out;
  for (const char* text : {kGone, kGonePrompt, "wristwatch", "-77123", "user7"}) {
    EXPECT_EQ(who_say("all", text), Names{}) << text;
    EXPECT_EQ(files_that_say("all", text), Names{}) << text;
  }
  EXPECT_EQ(cell("all", "select count(*) from dim_users"), "11");
  EXPECT_EQ(cell("all", "select users from ops.provenance"), "11");
  // The record says what was removed, and not from whom.
  EXPECT_EQ(cell("all", "select removed['raw_users'] from ops.forgotten"), "1");
  EXPECT_EQ(cell("all", "select removed['fct_generations'] from ops.forgotten"), "33");
  EXPECT_EQ(cell("all", "select length(key_hash) from ops.forgotten"), "64");
  const Outcome list = ok({"forget", "--list", "--warehouse", "all.duckdb"});
  EXPECT_TRUE(contains(list.out, "left out")) << list.out;
  EXPECT_FALSE(contains(list.out, "bytes remain")) << list.out;
  // What remains is whole: types, comments and tests.
  ok({"test", "--quiet", "--warehouse", "all.duckdb"});
  EXPECT_EQ(cell("all",
                 "select count(*) from duckdb_types() where type_name = 'device_type' and "
                 "list_contains(labels, 'phone')"),
            "1");
}

TEST_F(Forget, GivesTheNumbersOfASourceWithoutTheUser) {
  write_sources("all", 0, 400, everybody);
  write_sources("rest", 0, 400, all_but_the_gone);
  run("all");
  run("rest");
  const std::string expected = numbers("rest");
  ASSERT_NE(numbers("all"), expected);
  ok({"forget", kGone, "--warehouse", "all.duckdb", "--quiet"});
  EXPECT_EQ(numbers("all"), expected);
  // The known signals on record are those of the rest, too.
  const std::string signals =
      "select string_agg(json_extract_string(value, '$.signal') || "
      "coalesce(json_extract_string(value, '$.known'), '-'), ' ' order by key) from (select "
      "unnest(map_entries(metadata), recursive := true) from (select metadata from "
      "ops.materializations where asset = 'raw_prompts' and published order by run_id desc limit "
      "1)) where starts_with(key, 'signal ')";
  EXPECT_EQ(cell("all", signals), cell("rest", signals));
  const std::string observed = "select observed || period from ops.provenance";
  EXPECT_EQ(ok({"sql", observed, "--warehouse", "all.duckdb"}).out,
            ok({"sql", observed, "--warehouse", "rest.duckdb"}).out);

  // A run finds nothing to do, and one that reads everything again has the same numbers.
  const std::string again = cell("all", "select max(run_id) from ops.runs");
  run("all");
  EXPECT_EQ(cell("all", "select max(run_id) from ops.runs"), again);
  const Outcome anew =
      ok({"run", "--full-refresh", "--source", "all/events", "--users-from", "all/users.csv",
          "--feedback-from", "all/feedback.csv", "--warehouse", "all.duckdb"});
  EXPECT_TRUE(contains(anew.err, "rows of forgotten users: 33, left out")) << anew.err;
  EXPECT_EQ(numbers("all"), expected);
  EXPECT_EQ(who_say("all", kGone), Names{});
  EXPECT_EQ(who_say("all", kGonePrompt), Names{});
  const std::string findings =
      "select string_agg(finding || count || coalesce(example, ''), ';' order by finding) from "
      "ops.findings where finding <> 'rows of forgotten users'";
  EXPECT_EQ(cell("all", findings), cell("rest", findings));
}

TEST_F(Forget, HoldsWhenNewFilesComeUntilItIsUndone) {
  write_sources("all", 0, 300, everybody);
  run("all");
  ok({"forget", kGone, "--warehouse", "all.duckdb", "--quiet"});
  write_sources("all", 300, 400, everybody);
  run("all");
  EXPECT_EQ(cell("all", "select count(*) from dim_users"), "11");
  EXPECT_EQ(cell("all", "select count(*) from fct_generations"), "367");
  EXPECT_EQ(who_say("all", kGone), Names{});

  const Outcome undone = ok({"forget", "--undo", kGone, "--warehouse", "all.duckdb"});
  EXPECT_TRUE(contains(undone.out, "with the next gsa run")) << undone.out;
  EXPECT_EQ(cell("all", "select count(*) from dim_users"), "11");
  run("all");
  EXPECT_EQ(cell("all", "select count(*) from dim_users"), "12");
  EXPECT_EQ(cell("all", "select count(*) from fct_generations"), "400");
  EXPECT_TRUE(
      contains(ok({"forget", "--list", "--warehouse", "all.duckdb"}).out, "taken in since"));
  const Outcome twice = gsa(folder_, {"forget", "--undo", kGone, "--warehouse", "all.duckdb"});
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_TRUE(contains(twice.err, "not forgotten: user7@example.com")) << twice.err;
}

TEST_F(Forget, AnUnknownUserChangesNothing) {
  write_sources("all", 0, 200, everybody);
  run("all");
  const std::string before = bytes_of(warehouse("all"));
  const Outcome unknown =
      gsa(folder_, {"forget", kGone, "nobody@example.com", "--warehouse", "all.duckdb"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_TRUE(contains(unknown.err, "the warehouse has no such user: nobody@example.com"))
      << unknown.err;
  EXPECT_EQ(bytes_of(warehouse("all")), before);
  for (const std::vector<std::string>& line : {std::vector<std::string>{"forget"},
                                               {"forget", "--dry-run"},
                                               {"forget", kGone, "--list"},
                                               {"forget", kGone, "--undo", kGone}}) {
    EXPECT_EQ(gsa(folder_, line).exit_code, 2);
  }
}

TEST_F(Forget, ChangesNothingIfATableCouldNotBeMadeAnew) {
  write_sources("all", 0, 200, everybody);
  ok({"init", "models"});
  folder_.write("models/tests/enough_users.sql",
                "select 1 as few from (select count(*) as users from {{ ref('dim_users') }}) "
                "where users < 12");
  run("all", {"--project", "models"});
  const auto publication = read_publication(warehouse("all"));
  const Outcome failed = gsa(folder_, {"forget", kGone, "--warehouse", "all.duckdb"});
  EXPECT_EQ(failed.exit_code, 3) << failed.err;
  EXPECT_TRUE(contains(failed.err, "1 data test failed; nothing was published")) << failed.err;
  EXPECT_EQ(read_publication(warehouse("all")), publication);
  EXPECT_EQ(ok({"forget", "--list", "--warehouse", "all.duckdb"}).out, "No user is forgotten.\n");
  // It is the project of the last run that is made anew.
  fs::remove(folder_ / "models/tests/enough_users.sql");
  const Outcome forgotten = ok({"forget", kGone, "--warehouse", "all.duckdb", "--quiet"});
  EXPECT_TRUE(contains(forgotten.out, "files of the project models")) << forgotten.out;
  EXPECT_EQ(cell("all", "select project from ops.provenance"), "models");
  EXPECT_EQ(who_say("all", kGone), Names{});
}

TEST_F(Forget, ADryRunShowsTheRowsAndChangesNothing) {
  write_sources("all", 0, 400, everybody);
  run("all");
  const std::string before = bytes_of(warehouse("all"));
  const Outcome shown = ok({"forget", kGone, "user3@example.com", "--dry-run", "--format", "json",
                            "--warehouse", "all.duckdb"});
  EXPECT_TRUE(contains(shown.out, R"("users": 2)")) << shown.out;
  EXPECT_TRUE(contains(shown.out, R"("fct_generations": 67)")) << shown.out;
  EXPECT_TRUE(contains(shown.out, R"("raw_users": 2)")) << shown.out;
  EXPECT_TRUE(contains(shown.out, "\"daily_metrics\"")) << shown.out;
  EXPECT_EQ(bytes_of(warehouse("all")), before);
  EXPECT_EQ(ok({"forget", "--list", "--warehouse", "all.duckdb"}).out, "No user is forgotten.\n");
  // What it shows is what goes.
  const Outcome gone = ok({"forget", kGone, "user3@example.com", "--format", "json", "--warehouse",
                           "all.duckdb", "--quiet"});
  const auto rows = [](const std::string& json) {
    return json.substr(json.find("\"rows\""), json.find("\"exports\"") - json.find("\"rows\""));
  };
  EXPECT_EQ(rows(gone.out), rows(shown.out));
}

TEST_F(Forget, HashedUsersAreForgottenByTheirPlainKeyAndStaySoUnhashed) {
  write_sources("all", 0, 400, everybody);
  run("all", {"--hash-users"});
  EXPECT_EQ(who_say("all", kGone), Names{});
  const std::string hashed = fmt::format("sha256('{}')", kGone);
  EXPECT_EQ(cell("all", "select count(*) from raw_users where user_name = " + hashed), "1");
  const std::string digits = cell("all", "select " + hashed);
  ok({"forget", kGone, "--warehouse", "all.duckdb", "--quiet"});
  for (const std::string& text : {digits, std::string(kGone), std::string(kGonePrompt)}) {
    EXPECT_EQ(who_say("all", text), Names{}) << text;
    EXPECT_EQ(files_that_say("all", text), Names{}) << text;
  }
  run("all");  // with plain keys
  EXPECT_EQ(cell("all", "select count(*) from dim_users"), "11");
  EXPECT_EQ(who_say("all", kGone), Names{});
  ok({"forget", "user8@example.com", "--warehouse", "all.duckdb", "--quiet"});
  run("all", {"--hash-users"});
  EXPECT_EQ(cell("all", "select count(*) from dim_users"), "10");
}

TEST_F(Forget, ExportsAndTheSnapshotAreWrittenAnew) {
  write_sources("all", 0, 400, everybody);
  run("all");
  ok({"export", "out", "--format", "csv", "--warehouse", "all.duckdb", "--quiet"});
  ok({"export", "moved", "--warehouse", "all.duckdb", "--quiet"});
  ok({"export", "lake", "--format", "portable", "--warehouse", "all.duckdb", "--quiet"});
  fs::remove(folder_ / "moved/fct_sessions.parquet");
  fs::copy_file(warehouse("all"), folder_ / "all.read.duckdb");  // a snapshot of any kind
  // Of the exports, two CSV files have the keys of users as they are.
  ASSERT_EQ(files_that_say("all", kGone).size(), 4U);
  const Outcome forgotten = ok({"forget", kGone, "--warehouse", "all.duckdb", "--quiet"});
  EXPECT_TRUE(contains(forgotten.out, "out/dim_users.csv")) << forgotten.out;
  EXPECT_TRUE(contains(forgotten.out, "moved/fct_sessions.parquet: it was moved or changed"))
      << forgotten.out;
  for (const char* text : {kGone, kGonePrompt}) EXPECT_EQ(files_that_say("all", text), Names{});
  duck::Connection connection = duck::Database({}).connect();
  const auto rows = [&](const std::string& file) {
    return connection.query_int64(fmt::format("select count(*) from '{}'", folder_ / file));
  };
  EXPECT_EQ(rows("moved/dim_users.parquet"), 11);
  EXPECT_EQ(rows("moved/fct_generations.parquet"), 367);
  ok({"forget", "user3@example.com", "--warehouse", "all.duckdb", "--quiet"});
  EXPECT_EQ(rows("moved/dim_users.parquet"), 10);
  EXPECT_EQ(rows("out/dim_users.csv"), 10);
  EXPECT_EQ(rows("lake/dim_users.parquet"), 10);
  const std::string types =
      fmt::format("select count(*) from (describe from '{}') where column_type like 'ENUM%'",
                  folder_ / "lake/dim_users.parquet");
  EXPECT_EQ(connection.query_int64(types), 0);
}

TEST_F(Forget, SimulatedUsersAndTheirMonths) {
  const std::vector<std::string> line = {
      "run",     "--quiet", "--source",  "synthetic", "--month",     "2025-11..2025-12",
      "--users", "40",      "--prompts", "600",       "--warehouse", "all.duckdb"};
  ok(line);
  const std::string busy = cell(
      "all", "select user_id from raw_generations group by user_id order by count(*) desc limit 1");
  const std::string theirs =
      cell("all", "select count(*) from raw_generations where user_id = " + busy);
  ok({"forget", busy, "--warehouse", "all.duckdb", "--quiet"});
  const std::string count = fmt::format("{}", 1200 - std::stoi(theirs));
  const std::string counts =
      "select (select count(*) from raw_generations) || ' ' || (select count(*) from raw_prompts) "
      "|| ' ' || (select count(*) from fct_generations where user_id = " +
      busy + ")";
  EXPECT_EQ(cell("all", counts), count + " " + count + " 0");
  auto again = line;
  again.emplace_back("--full-refresh");
  const auto publication = read_publication(warehouse("all"));
  ok(again);
  EXPECT_EQ(read_publication(warehouse("all")), publication);
}

TEST_F(Forget, ObservedUsersOfPrompts) {
  std::string csv = "prompt,user_name,timestamp,seed,step,cfg,sampler,width,height,image_nsfw\n";
  for (int i = 0; i < 200; ++i) {
    csv += fmt::format(
        "a tower of number {0} for user-{1:04}-name,user-{1:04}-name,2022-08-{2:02} "
        "{3:02}:00:00+00:00,{0},50,{4},8,512,512,0.1\n",
        i, i % 8, 1 + i / 24, i % 24, i == 3 ? "seven" : "7");
  }
  folder_.write("prompts.csv", csv);
  const auto run = [&](const std::string& source, const std::string& name) {
    return ok({"run", "--source", source, "--behavior", "observed", "--warehouse", name});
  };
  run("prompts.csv", "all.duckdb");
  ok({"forget", "user-0003-name", "--warehouse", "all.duckdb", "--quiet"});
  EXPECT_EQ(cell("all", "select count(*) from fct_generations"), "175");
  EXPECT_EQ(who_say("all", "user-0003-name"), Names{});
  const Outcome again = ok({"run", "--source", "prompts.csv", "--behavior", "observed",
                            "--full-refresh", "--warehouse", "all.duckdb"});
  EXPECT_TRUE(contains(again.err, "rows of forgotten users: 25, left out")) << again.err;
  EXPECT_EQ(cell("all", "select count(*) from fct_generations"), "175");
  for (const char* text : {"user-0003-name", "seven"}) {
    EXPECT_EQ(who_say("all", text), Names{});
    EXPECT_EQ(files_that_say("none", text), Names{"prompts.csv"});
  }
}

}  // namespace
}  // namespace gsa::tests
