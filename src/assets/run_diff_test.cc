#include "assets/run_diff.h"

#include <gtest/gtest.h>

#include "assets/golden.h"
#include "assets/records_fixture.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

using Words = std::vector<std::string>;

RunDiff diff(duck::Connection& connection, std::int64_t a, std::int64_t b) {
  return diff_runs(connection, run_of(connection, a), run_of(connection, b));
}

const AssetDiff& of(const RunDiff& diff, const std::string& asset) {
  for (const AssetDiff& one : diff.assets) {
    if (label(one.asset, one.partition) == asset) return one;
  }
  throw Error("no asset " + asset);
}

TEST(RunDiff, NamesTheOptionsAndVersionsThatDiffer) {
  duck::Connection connection = three_runs();
  const RunDiff found = diff(connection, 1, 3);
  ASSERT_EQ(found.changes.size(), 4u);
  EXPECT_EQ(found.changes[0].what, "command");
  EXPECT_EQ(found.changes[0].a, "run");
  EXPECT_EQ(found.changes[0].b, "build");
  EXPECT_EQ(found.changes[1].b, "--full-refresh");
  EXPECT_EQ(found.changes[2].what, "gsa version");
  EXPECT_EQ(found.changes[3].what, "threads");
  EXPECT_EQ(found.changes[3].a, "4");
  EXPECT_TRUE(diff(connection, 1, 1).changes.empty());
}

TEST(RunDiff, ComparesWhatBothRunsMade) {
  duck::Connection connection = three_runs();
  const RunDiff found = diff(connection, 1, 2);
  const AssetDiff& prompts = of(found, "raw_prompts");
  EXPECT_EQ(prompts.a.state, "made");
  EXPECT_EQ(prompts.a.reason, "never made");
  EXPECT_EQ(prompts.a.seconds, 1.0);
  EXPECT_EQ(prompts.a.rows, 2000);
  EXPECT_EQ(prompts.b.reason, "options changed");
  EXPECT_EQ(prompts.b.seconds, 3.0);
  EXPECT_EQ(prompts.b.rows, 4000);
  EXPECT_EQ(prompts.same_content, false);
  EXPECT_EQ(prompts.same_code, false);
  EXPECT_EQ(prompts.changed_code, Words{"prompts"});
  const AssetDiff& generations = of(found, "raw_generations");
  EXPECT_EQ(generations.same_content, false);
  EXPECT_EQ(generations.same_code, true);
  EXPECT_TRUE(generations.changed_code.empty());
}

TEST(RunDiff, NamesThePartsOfTheCodeThatChangedCameAndWent) {
  duck::Connection connection = three_runs();
  const AssetDiff sessions = of(diff(connection, 1, 2), "fct_sessions");
  EXPECT_EQ(sessions.changed_code, (Words{"gap", "materialized", "sql"}));
  EXPECT_EQ(sessions.same_content, true);
  connection.execute("delete from ops.code_versions");
  const AssetDiff unknown = of(diff(connection, 1, 2), "fct_sessions");
  EXPECT_EQ(unknown.same_code, false);
  EXPECT_TRUE(unknown.changed_code.empty());
}

TEST(RunDiff, TakesForAFreshAssetWhatWasPublishedBefore) {
  duck::Connection connection = three_runs();
  const AssetDiff users = of(diff(connection, 1, 2), "raw_users");
  EXPECT_EQ(users.b.state, "fresh");
  EXPECT_EQ(users.b.data_version, "d-users-1");
  EXPECT_EQ(users.b.seconds, std::nullopt);
  EXPECT_EQ(users.same_content, true);
  // Later runs did not have what a failed run built.
  connection.execute(
      "insert into ops.steps (run_id, step, name, kind, status) values "
      "(3, 3, 'raw_prompts', 'asset', 'fresh')");
  EXPECT_EQ(of(diff(connection, 1, 3), "raw_prompts").same_content, true);
  EXPECT_EQ(of(diff(connection, 2, 3), "raw_prompts").same_content, false);
}

TEST(RunDiff, SaysWhatIsInOneRunAlone) {
  duck::Connection connection = three_runs();
  const RunDiff found = diff(connection, 1, 3);
  EXPECT_EQ(found.assets[0].asset, "raw_generations");
  EXPECT_EQ(of(found, "fct_sessions").b.state, "");
  EXPECT_EQ(of(found, "fct_sessions").same_content, std::nullopt);
  EXPECT_EQ(of(found, "stg_generations").b.state, "interrupted");
  EXPECT_EQ(of(found, "stg_generations").same_content, std::nullopt);
  EXPECT_EQ(of(diff(connection, 3, 1), "fct_sessions").a.state, "");
}

TEST(RunDiff, KeepsPartitionsApart) {
  duck::Connection connection = three_runs();
  const RunDiff found = diff(connection, 1, 2);
  EXPECT_EQ(of(found, "daily_metrics[2025-11]").a.rows, 30);
  EXPECT_EQ(of(found, "daily_metrics[2025-12]").a.rows, 31);
  EXPECT_EQ(of(found, "daily_metrics[2025-12]").a.data_version, "d-daily-12");
  EXPECT_EQ(of(found, "daily_metrics[2025-12]").b.state, "skipped");
  EXPECT_EQ(of(found, "daily_metrics[2025-12]").b.reason, "a check of fct_sessions failed");
}

TEST(RunDiff, NamesTheChecksWithAnotherOutcome) {
  duck::Connection connection = three_runs();
  const auto found = [&](std::int64_t a, std::int64_t b) {
    Words all;
    for (const CheckDiff& check : diff(connection, a, b).checks) {
      all.push_back(check.asset + " " + check.check + ": " + check.a + " " + check.b);
    }
    return join(all, "\n");
  };
  EXPECT_EQ(found(1, 2),
            "fct_sessions rows_of_fct_sessions:  warn\nfct_sessions unique_fct_sessions_id:  fail\n"
            "stg_generations not_null_stg_generations_id: pass ");
  EXPECT_EQ(found(1, 1), "");
  // A fresh check keeps its previous outcome.
  connection.execute(
      "insert into ops.steps (run_id, step, name, kind, status) values "
      "(2, 11, 'not_null_stg_generations_id', 'check', 'fresh')");
  EXPECT_EQ(found(1, 2),
            "fct_sessions rows_of_fct_sessions:  warn\nfct_sessions unique_fct_sessions_id:  fail");
}

TEST(RunDiff, IsShownAsTables) {
  duck::Connection connection = three_runs();
  connection.execute(
      "insert into ops.steps (run_id, step, name, kind, status) values "
      "(1, 11, 'other', 'asset', 'fresh'), (2, 11, 'other', 'asset', 'fresh')");
  expect_golden("run_diff.txt", format_diff(diff(connection, 1, 2)) + "\n---\n\n" +
                                    format_diff(diff(connection, 2, 3)) + "\n---\n\n" +
                                    format_diff(diff(connection, 1, 1)));
}

}  // namespace
}  // namespace gsa::assets
