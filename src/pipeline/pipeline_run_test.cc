#include "pipeline/pipeline_run.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "pipeline/run_fixture.h"

namespace gsa::pipeline {
namespace {

// A hash over all rows of a table, in any order.
std::string contents(const duck::Database& database, const std::string& table) {
  return database.connect()
      .query(fmt::format("select count(*) || ' ' || sum(hash(t)) from {} t", table))
      .text(0, 0);
}

// Under ThreadSanitizer this detects unsafe sharing between lanes.
TEST_F(RunTest, MakesParallelMonthsAsOneAfterTheOther) {
  PipelineOptions many = options("many", 4), one = options("one", 1);
  many.months = one.months = sim::parse_months("2025-10..2026-02");
  const PipelineRun side_by_side = run_pipeline(many);
  const PipelineRun in_turn = run_pipeline(one);
  EXPECT_TRUE(side_by_side.made);
  for (const char* table : {"raw_prompts", "raw_users", "raw_generations", "fct_sessions"}) {
    EXPECT_EQ(contents(side_by_side.warehouse, table), contents(in_turn.warehouse, table)) << table;
  }
  EXPECT_EQ(contents(side_by_side.warehouse, "raw_prompts").substr(0, 5), "1000 ");
}

// Users and times come from the source; all months are built from the same temporary tables.
TEST_F(RunTest, MakesParallelMonthsOfObservedBehaviorAsOneAfterTheOther) {
  std::string rows = "prompt,user_name,timestamp\n";
  for (int i = 0; i < 600; ++i) {
    rows += fmt::format("prompt {},user {},2022-{:02}-{:02} {:02}:{:02}:00\n", i, i % 17, 8 + i % 3,
                        1 + i % 28, i % 24, i % 60);
  }
  write_file(folder_ / "events.csv", rows);
  PipelineOptions many = options("many", 4), one = options("one", 1);
  many.raw.behavior = one.raw.behavior = Behavior::observed;
  many.raw.sources = one.raw.sources = {(folder_ / "events.csv").string()};
  many.raw.prompts = one.raw.prompts = 1000;
  const PipelineRun side_by_side = run_pipeline(many);
  const PipelineRun in_turn = run_pipeline(one);
  for (const char* table : {"raw_prompts", "raw_users", "raw_generations", "fct_sessions"}) {
    EXPECT_EQ(contents(side_by_side.warehouse, table), contents(in_turn.warehouse, table)) << table;
  }
  EXPECT_EQ(contents(side_by_side.warehouse, "raw_users").substr(0, 3), "17 ");
}

TEST_F(RunTest, MakesNothingWhereNothingIsStale) {
  EXPECT_TRUE(run_pipeline(options("w", 2)).made);
  EXPECT_FALSE(run_pipeline(options("w", 2)).made);
}

TEST_F(RunTest, ThatIsToldToStopPublishesNothing) {
  std::stop_source stop;
  invocation_.stop = stop.get_token();
  stop.request_stop();
  try {
    run_pipeline(options("w", 2));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
  invocation_.stop = {};
  const duck::Database database =
      host_.open(options("w", 2).common.warehouse, assets::Access::read, true);
  duck::Connection connection = database.connect();
  EXPECT_FALSE(connection.has_table("main", "fct_sessions"));
}

// A page of gsa serve runs again on what was typed, whatever is in a name.
TEST_F(RunTest, RecordsItsSourcesAsTheyWereTyped) {
  write_file(folder_ / "a, b.csv", "prompt\na\n");
  write_file(folder_ / "c.csv", "prompt\nc\n");
  PipelineOptions several = options("w", 1);
  several.raw.sources = {(folder_ / "a, b.csv").string(), (folder_ / "c.csv").string()};
  const PipelineRun run = run_pipeline(several);
  duck::Connection connection = run.warehouse.connect();
  EXPECT_EQ(published_sources(assets::read_state(connection)), several.raw.sources);
}

// Relative paths and variables are those of the process in which the command was typed.
TEST_F(RunTest, ReadsInTheFolderOfItsInvocation) {
  write_file(folder_ / "events.csv", "prompt\na\nb\n");
  invocation_.folder = folder_.string();
  PipelineOptions relative = options("w", 1);
  relative.raw.sources = {"events.csv"};
  const PipelineRun run = run_pipeline(relative);
  EXPECT_EQ(contents(run.warehouse, "raw_prompts").substr(0, 2), "2 ");
  const std::string source =
      run.warehouse.connect().query("select source from ops.provenance").text(0, 0);
  EXPECT_EQ(source.find(folder_.string()), std::string::npos) << source;
}

}  // namespace
}  // namespace gsa::pipeline
