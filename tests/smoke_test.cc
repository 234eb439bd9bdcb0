// The first command that a new user runs.

#include <gtest/gtest.h>

#include "gsa_process.h"

namespace gsa::tests {
namespace {

TEST(Smoke, RunMakesAWarehouseAndPrintsTheReport) {
  const TempFolder folder;
  const Outcome run = gsa(folder, {"run", "--prompts", "500", "--users", "50"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.out.find("By tier"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("500 synthetic prompts, 50 users"), std::string::npos) << run.out;
  EXPECT_NE(run.err.find("Done. PASS="), std::string::npos) << run.err;
  EXPECT_TRUE(std::filesystem::exists(folder / "data/warehouse.duckdb"));
}

TEST(Smoke, WithoutACommandItPrintsHelp) {
  const TempFolder folder;
  const Outcome help = gsa(folder, {});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command :
       {"run", "build", "test", "summary", "sql", "export", "init", "fetch"}) {
    EXPECT_NE(help.out.find(std::string("\n  ") + command), std::string::npos) << command;
  }
}

}  // namespace
}  // namespace gsa::tests
