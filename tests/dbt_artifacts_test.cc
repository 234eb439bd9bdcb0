// dbt's artifacts of whole commands: when they are written, where, and what they say of failures.
// scripts/dbt-artifacts compares what is in them with the real dbt.

#include <filesystem>
#include <fstream>
#include <sstream>

#include "golden.h"

namespace gsa::tests {
namespace {

using Arguments = std::vector<std::string>;

class Artifacts : public testing::Test {
 protected:
  Artifacts() {
    write("dbt_project.yml", "name: p\n");
    write("models/a.sql", "select 1 as id");
    write("models/b.sql", "select * from {{ ref('a') }}");
  }

  void write(const std::string& path, const std::string& text) { folder_.write("p/" + path, text); }

  Outcome run(const std::string& command, const Arguments& more = {}) {
    Arguments line = {command, "--project", "p", "--warehouse", "w.duckdb"};
    line.insert(line.end(), more.begin(), more.end());
    return gsa(folder_, line);
  }

  bool has(const std::string& path) { return std::filesystem::exists(folder_.path() / path); }
  std::string text(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(folder_.path() / path).rdbuf();
    return text.str();
  }

  TempFolder folder_;
};

TEST_F(Artifacts, AreWrittenIntoTheProjectsTargetPath) {
  EXPECT_EQ(run("build").exit_code, 0);
  EXPECT_TRUE(contains(text("p/target/manifest.json"), "\"model.p.b\": [\"model.p.a\"]"));
  EXPECT_TRUE(contains(text("p/target/run_results.json"), "\"status\": \"success\""));
  write("dbt_project.yml", "name: p\ntarget-path: out/dbt\n");
  EXPECT_EQ(run("build", {"--full-refresh"}).exit_code, 0);
  EXPECT_TRUE(has("p/out/dbt/run_results.json"));
  EXPECT_EQ(run("build", {"--full-refresh", "--target-path", "elsewhere"}).exit_code, 0);
  EXPECT_TRUE(has("p/elsewhere/manifest.json"));
}

TEST_F(Artifacts, NameRelationsAsReadersSeeThem) {
  EXPECT_EQ(run("build").exit_code, 0);
  EXPECT_TRUE(contains(text("p/target/manifest.json"),
                       "\"compiled_code\": \"select * from \\\"w\\\".\\\"main\\\".\\\"a\\\"\""))
      << text("p/target/manifest.json");
  EXPECT_FALSE(contains(text("p/target/run_results.json"), "__gsa_new__"));
}

TEST_F(Artifacts, OfAFailedRunSayWhatFailedAndWhatWasSkipped) {
  write("models/a.sql", "select no_such_column");
  EXPECT_EQ(run("build").exit_code, 1);
  const std::string results = text("p/target/run_results.json");
  EXPECT_TRUE(contains(results, "\"status\": \"error\"")) << results;
  EXPECT_TRUE(contains(results, "no_such_column")) << results;
  EXPECT_TRUE(contains(results, "\"status\": \"skipped\"")) << results;
}

TEST_F(Artifacts, OfTestsSayHowManyRowsFail) {
  write("tests/none.sql", "select * from {{ ref('b') }}");
  EXPECT_EQ(run("build").exit_code, 3);
  EXPECT_EQ(run("build", {"--exclude", "none"}).exit_code, 0);
  EXPECT_EQ(run("test").exit_code, 3);
  const std::string results = text("p/target/run_results.json");
  EXPECT_TRUE(contains(results, "\"failures\": 1, \"unique_id\": \"test.p.none\"")) << results;
  EXPECT_TRUE(contains(results, "\"which\": \"test\"")) << results;
}

TEST_F(Artifacts, OfARunWithNothingToDoHaveNoResults) {
  EXPECT_EQ(run("build").exit_code, 0);
  EXPECT_EQ(run("build").exit_code, 0);
  EXPECT_TRUE(contains(text("p/target/run_results.json"), "\"results\": []"));
}

TEST_F(Artifacts, ThatCannotBeWrittenAreAWarning) {
  write("target", "a file where the folder would be");
  const Outcome outcome = run("build");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "warning: dbt's artifacts are not written: ")) << outcome.err;
}

TEST_F(Artifacts, OfTheBuiltInProjectAreWrittenWhereAFolderIsNamed) {
  const Arguments line = {"run", "--source", "synthetic",      "--prompts",   "200",     "--users",
                          "30",  "--quiet",  "--full-refresh", "--warehouse", "w.duckdb"};
  EXPECT_EQ(gsa(folder_, line).exit_code, 0);
  EXPECT_FALSE(has("target"));
  Arguments with_path = line;
  with_path.insert(with_path.end(), {"--target-path", "target"});
  EXPECT_EQ(gsa(folder_, with_path).exit_code, 0);
  EXPECT_TRUE(contains(text("target/manifest.json"), "\"model.gsa.fct_sessions\""));
  EXPECT_TRUE(contains(text("target/run_results.json"), "\"which\": \"run\""));
}

TEST_F(Artifacts, GoWhereTheEnvironmentSays) {
  ProcessOptions options;
  options.folder = folder_.path();
  options.environment = {"DBT_TARGET_PATH=from_environment", "DBT_ENV_CUSTOM_ENV_TEAM=blue"};
  const Arguments line = {"build", "--project", "p", "--warehouse", "w.duckdb"};
  EXPECT_EQ(GsaProcess(line, options).wait().exit_code, 0);
  EXPECT_TRUE(has("p/from_environment/run_results.json"));
  EXPECT_TRUE(contains(text("p/from_environment/manifest.json"), "\"env\": {\"TEAM\": \"blue\"}"));
}

}  // namespace
}  // namespace gsa::tests
