#include "dbt/report.h"

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

TEST(Report, TellsWhatWasSkippedAndWhatWasKept) {
  const Project project = load({
      {"models/dim.sql", "{{ config(materialized='table', schema='out') }}select 1 as id"},
      {"models/s.yml", "models:\n  - name: dim\n    columns: [{name: id, tests: [unique]}]\n"},
  });
  RunResult result;
  for (const Status status : {Status::skip, Status::fresh}) {
    for (const Node& node : project.nodes()) result.nodes.push_back(result_of(node, status));
  }
  std::string all;
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    all += end_line(result.nodes[i], i + 1, result.nodes.size(), nullptr) + "\n";
  }
  for (const std::string& line : summary_lines(result, nullptr)) all += line + "\n";
  EXPECT_EQ(all,
            "1 of 4 SKIP relation main_out.dim .............................................. "
            "[SKIP]\n"
            "2 of 4 SKIP test unique_dim_id ................................................. "
            "[SKIP]\n"
            "3 of 4 OK kept sql table model main_out.dim .................................... "
            "[FRESH]\n"
            "4 of 4 OK kept test unique_dim_id .............................................. "
            "[FRESH]\n"
            "\nCompleted successfully\n\n"
            "Done. PASS=0 WARN=0 ERROR=0 SKIP=2 NO-OP=2 TOTAL=4\n");
}

TEST(Report, ShowsTheRowsInWhichAUnitTestDiffers) {
  const Project project = load({
      {"models/one.sql", "select 1 as id"},
      {"models/s.yml",
       "unit_tests:\n  - {name: u, model: one, given: [], expect: {rows: [{id: 2}]}}\n"},
  });
  duck::Connection connection = memory();
  RunResult result;
  result.nodes.push_back(NodeRunner(project, connection).run(project.nodes().back(), connection));
  EXPECT_EQ(found_line(project), "Found 1 model, 0 data tests, 0 sources, 0 macros, 1 unit test");
  std::string all = start_line(result.nodes[0], 1, 1).substr(0, 30) + "\n";
  for (const std::string& line : summary_lines(result, nullptr)) all += line + "\n";
  EXPECT_EQ(all,
            "1 of 1 START unit_test one::u \n"
            "\nFailure in unit_test one::u (models/s.yml:2:5)\n"
            "  actual differs from expected: 2 rows\n"
            "    actual_or_expected | id\n"
            "    -------------------+---\n"
            "    actual             | 1\n"
            "    expected           | 2\n"
            "\nCompleted with 1 error and 0 warnings\n\n"
            "Done. PASS=0 WARN=0 ERROR=1 SKIP=0 NO-OP=0 TOTAL=1\n");
}

TEST(Report, CountsWhatIsFreshAsASuccess) {
  RunResult result;
  result.nodes.resize(2);
  result.nodes[0].status = Status::fresh;
  EXPECT_TRUE(result.succeeded());
  result.nodes[1].status = Status::skip;
  EXPECT_FALSE(result.succeeded());
}

}  // namespace
}  // namespace gsa::dbt
