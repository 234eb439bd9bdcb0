#include "dbt/data_tests.h"

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

// Runs one test, given as the YAML below `tests:`, on column `v` of a table with these values.
NodeResult outcome(const std::string& test, const std::string& values, Files more = {},
                   const std::string& level = "column") {
  const std::string indented = "          - " + test + "\n";
  more["models/t.sql"] =
      "{{ config(materialized='table') }}select * from (values " + values + ") as t(v, w)";
  more["models/s.yml"] =
      level == "column"
          ? "models:\n  - name: t\n    columns:\n      - name: v\n        tests:\n" + indented
          : "models:\n  - name: t\n    tests:\n" + indented;
  const Project project = load(more);
  duck::Connection connection = memory();
  const RunResult result = run_all(project, connection);
  for (const NodeResult& node : result.nodes) {
    if (node.kind == NodeKind::test) return node;
  }
  throw Error("no test ran");
}

std::string verdict(const NodeResult& node) {
  if (node.status == Status::error) return node.message + " / " + node.hint;
  return to_string(node.status) + " " + std::to_string(node.failures);
}

TEST(DataTests, CountWhatDbtCounts) {
  struct Case {
    std::string test;
    std::string values;
    std::string verdict;
    std::string level = "column";
  };
  const Case cases[] = {
      {"unique", "(1, 0), (2, 0), (null, 0), (null, 0)", "pass 0"},
      // Two values occur more than once, so two rows fail, however often each value occurs.
      {"unique", "(1, 0), (1, 0), (1, 0), (2, 0), (2, 0), (3, 0)", "fail 2"},
      {"not_null", "(1, 0)", "pass 0"},
      {"not_null", "(1, 0), (null, 0), (null, 1)", "fail 2"},
      {"accepted_values: {values: [a, b]}", "('a', 0), ('b', 0), (null, 0)", "pass 0"},
      {"accepted_values: {values: [a, b]}", "('a', 0), ('c', 0), ('c', 0), ('d', 0)", "fail 2"},
      {"accepted_values: {values: [1, 2], quote: false}", "(1, 0), (3, 0), (3, 0)", "fail 1"},
      {"accepted_values: {arguments: {values: [1, 2], quote: false}}", "(1, 0)", "pass 0"},
      {"relationships: {to: ref('parent'), field: id}", "(1, 0), (2, 0), (null, 0)", "pass 0"},
      {"relationships: {to: \"{{ ref('parent') }}\", field: id}", "(1, 0), (3, 0), (3, 0), (4, 0)",
       "fail 3"},
      {"dbt_utils.accepted_range: {min_value: 0, max_value: 10}", "(0, 0), (10, 0), (null, 0)",
       "pass 0"},
      {"dbt_utils.accepted_range: {min_value: 0, max_value: 10}", "(-1, 0), (11, 0), (5, 0)",
       "fail 2"},
      {"dbt_utils.accepted_range: {min_value: 0, inclusive: false}", "(0, 0), (1, 0)", "fail 1"},
      {"dbt_utils.accepted_range: {max_value: w}", "(1, 2), (3, 2)", "fail 1"},
      {"dbt_utils.expression_is_true: {expression: '> 0'}", "(1, 0), (0, 0), (null, 0)", "fail 1"},
      {"dbt_utils.expression_is_true: {expression: v + w = 3}", "(1, 2), (2, 1)", "pass 0",
       "model"},
      {"dbt_utils.expression_is_true: {expression: v + w = 3}", "(1, 2), (2, 2)", "fail 1",
       "model"},
      {"dbt_utils.unique_combination_of_columns: {combination_of_columns: [v, w]}",
       "(1, 2), (1, 3), (2, 2)", "pass 0", "model"},
      {"dbt_utils.unique_combination_of_columns: {combination_of_columns: [v, w]}",
       "(1, 2), (1, 2), (1, 2), (null, 1), (null, 1)", "fail 2", "model"},
      {"dbt.not_null", "(null, 0)", "fail 1"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(verdict(outcome(each.test, each.values,
                              {{"models/parent.sql",
                                "{{ config(materialized='table') }}"
                                "select * from (values (1), (2)) t(id)"}},
                              each.level)),
              each.verdict)
        << each.test << " of " << each.values;
  }
}

TEST(DataTests, HonourSeverityThresholdsWhereAndLimit) {
  const std::string five = "(null, 1), (null, 2), (null, 3), (null, 4), (null, 5), (1, 6)";
  const std::pair<std::string, std::string> cases[] = {
      {"not_null: {config: {severity: warn}}", "warn 5"},
      {"not_null: {severity: WARN}", "warn 5"},
      {"not_null: {config: {error_if: '>10'}}", "warn 5"},
      {"not_null: {config: {error_if: '>10', warn_if: '> 5'}}", "pass 5"},
      {"not_null: {config: {error_if: '>= 5', warn_if: '>1'}}", "fail 5"},
      {"not_null: {config: {error_if: '= 4'}}", "warn 5"},
      {"not_null: {config: {where: w > 3}}", "fail 2"},
      {"not_null: {config: {where: \"w > {{ var('most', 5) }}\"}}", "pass 0"},
      {"not_null: {config: {limit: 3}}", "fail 3"},
      {"not_null: {config: {fail_calc: sum(w)}}", "fail 15"},
      {"not_null: {config: {fail_calc: sum(w), where: w > 5}}", "pass 0"},
  };
  for (const auto& [test, expected] : cases) {
    EXPECT_EQ(verdict(outcome(test, five)), expected) << test;
  }
}

TEST(DataTests, FollowTheTreeOfTheProjectAndConfigInTheTest) {
  const std::string yml = "name: shop\ndata_tests:\n  +severity: warn\n";
  EXPECT_EQ(verdict(outcome("not_null", "(null, 0)", {{"dbt_project.yml", yml}})), "warn 1");
  EXPECT_EQ(verdict(outcome("not_null: {config: {severity: error}}", "(null, 0)",
                            {{"dbt_project.yml", yml}})),
            "fail 1");
  const std::string lenient =
      "{% test even(model, column_name, zero=true) %}{{ config(severity='warn') }}"
      "select * from {{ model }} where {{ column_name }} % 2 <> 0 "
      "{% if not zero %}or {{ column_name }} = 0{% endif %}{% endtest %}";
  EXPECT_EQ(verdict(outcome("even", "(1, 0), (2, 0)", {{"tests/generic/even.sql", lenient}})),
            "warn 1");
  EXPECT_EQ(verdict(outcome("even: {zero: false, severity: error}", "(0, 0), (2, 0)",
                            {{"macros/even.sql", lenient}})),
            "fail 1");
}

TEST(DataTests, AProjectsOwnTestTakesTheBuiltInOnesPlace) {
  EXPECT_EQ(verdict(outcome("unique", "(1, 0), (1, 0)",
                            {{"macros/u.sql",
                              "{% test unique(model, column_name) %}select 1 where false"
                              "{% endtest %}"}})),
            "pass 0");
}

TEST(DataTests, KeepTheFirstFailingRows) {
  std::string values = "(null, 0)";
  for (int i = 1; i < 30; ++i) values += ", (null, " + std::to_string(i) + ")";
  const NodeResult node = outcome("not_null", values);
  EXPECT_EQ(node.failures, 30);
  EXPECT_EQ(node.sample.columns, (std::vector<std::string>{"v", "w"}));
  ASSERT_EQ(node.sample.rows.size(), kSampleRows);
  EXPECT_EQ(node.sample.rows[0][0], std::nullopt);
  EXPECT_EQ(node.sample.rows[9][1], "9");
}

}  // namespace
}  // namespace gsa::dbt
