#include "dbt/unique_check.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

std::string unique_query(const std::string& column, const std::string& model) {
  return "\nselect\n    " + column + " as unique_field,\n    count(*) as n_records\nfrom " + model +
         "\nwhere " + column + " is not null\ngroup by " + column + "\nhaving count(*) > 1\n";
}

bool is_surely_unique_in(const std::string& values) {
  duck::Connection connection = memory();
  connection.execute("create table t as select * from (values " + values + ") as t(v)");
  return is_surely_unique(connection, unique_query("v", "t"));
}

TEST(UniqueCheck, KnowsTheBuiltInTestWhateverItIsOf) {
  const Project project = load({
      {"models/t.sql", "{{ config(materialized='table') }}select range as v from range(10)"},
      {"models/s.yml",
       "models:\n  - name: t\n    columns:\n      - name: v\n        tests:\n          - unique\n"
       "          - unique: {config: {where: 'v > 3'}, name: some}\n"},
  });
  duck::Connection connection = memory();
  connection.execute("create schema if not exists main");
  const RunResult result = run_all(project, connection);
  int tests = 0;
  for (const NodeResult& node : result.nodes) {
    if (node.kind != NodeKind::test) continue;
    EXPECT_TRUE(is_surely_unique(connection, node.compiled)) << node.compiled;
    ++tests;
  }
  EXPECT_EQ(tests, 2);
}

TEST(UniqueCheck, SeesThatIntegersCloseTogetherAreDistinct) {
  EXPECT_TRUE(is_surely_unique_in("(1), (2), (3)"));
  EXPECT_TRUE(is_surely_unique_in("(-3), (0), (null), (4), (null)"));
  EXPECT_TRUE(is_surely_unique_in("(null::int)"));
  EXPECT_TRUE(is_surely_unique_in("(7::utinyint), (9::utinyint)"));
  EXPECT_TRUE(is_surely_unique_in("(9223372036854775807), (9223372036854775806)"));
  EXPECT_TRUE(is_surely_unique_in("(-9223372036854775808), (-9223372036854775807)"));
}

TEST(UniqueCheck, LeavesToTheQueryWhatItDoesNotSee) {
  EXPECT_FALSE(is_surely_unique_in("(1), (2), (2)"));
  EXPECT_FALSE(is_surely_unique_in("(1), (1), (null)"));
  EXPECT_FALSE(is_surely_unique_in("(1), (1000000)"));  // far apart
  EXPECT_FALSE(is_surely_unique_in("(-9223372036854775808), (9223372036854775807)"));
  EXPECT_FALSE(is_surely_unique_in("('a'), ('b')"));
  EXPECT_FALSE(is_surely_unique_in("(1.5), (2.5)"));
  EXPECT_FALSE(is_surely_unique_in("(1::hugeint), (2::hugeint)"));
  EXPECT_FALSE(is_surely_unique_in("(date '2025-12-01'), (date '2025-12-02')"));
  duck::Connection connection = memory();
  EXPECT_FALSE(is_surely_unique(connection, unique_query("v", "missing")));
  connection.execute("create table t as select 1 as v");
  EXPECT_FALSE(is_surely_unique(connection, unique_query("w", "t")));
  // Any other query, though nearly that of the test.
  std::string other = unique_query("v", "t");
  other.replace(other.find("> 1"), 3, "> 0");
  EXPECT_FALSE(is_surely_unique(connection, other));
  EXPECT_FALSE(is_surely_unique(connection, "select 1 where false"));
}

TEST(UniqueCheck, AgreesWithTheQueryOnRandomColumns) {
  std::mt19937_64 random(7);
  duck::Connection connection = memory();
  int unique = 0;
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t rows = random() % 60, span = 1 + random() % 3000;
    connection.execute(
        "create or replace table t as select case when random() < 0.1 then null "
        "else (hash(range, " +
        std::to_string(round) + ") % " + std::to_string(span) +
        ")::bigint - 500 end as v from range(" + std::to_string(rows) + ")");
    const bool found = connection.query(unique_query("v", "t")).rows() > 0;
    const bool sure = is_surely_unique(connection, unique_query("v", "t"));
    EXPECT_FALSE(sure && found) << round;
    unique += sure ? 1 : 0;
  }
  EXPECT_GT(unique, 10);
}

}  // namespace
}  // namespace gsa::dbt
