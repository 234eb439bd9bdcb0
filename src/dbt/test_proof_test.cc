#include "dbt/test_proof.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

// The compiled tests; RecognisesTheBuiltInTests checks that they match the real ones.
std::string unique_query(const std::string& column, const std::string& model) {
  return "\nselect\n    " + column + " as unique_field,\n    count(*) as n_records\nfrom " + model +
         "\nwhere " + column + " is not null\ngroup by " + column + "\nhaving count(*) > 1\n";
}

std::string combination_query(const std::string& a, const std::string& b,
                              const std::string& model) {
  return "\nselect\n    " + a + ",\n    " + b + ",\n    count(*) as n_records\nfrom " + model +
         "\ngroup by " + a + ", " + b + "\nhaving count(*) > 1\n";
}

std::string relationship_query(const std::string& child, const std::string& parent) {
  return "\nwith child as (\n    select v as from_field\n    from " + child +
         "\n    where v is not null\n),\nparent as (\n    select v as to_field\n    from " +
         parent +
         "\n)\nselect from_field\nfrom child\nleft join parent on child.from_field = "
         "parent.to_field\nwhere parent.to_field is null\n";
}

bool is_proved_unique(const std::string& values) {
  duck::Connection connection = memory();
  connection.execute("create table t as select * from (values " + values + ") as t(v)");
  return is_proved(connection, unique_query("v", "t"));
}

bool is_proved_unique_pair(const std::string& pairs) {
  duck::Connection connection = memory();
  connection.execute("create table t as select * from (values " + pairs + ") as t(a, b)");
  return is_proved(connection, combination_query("a", "b", "t"));
}

bool is_proved_relationship(const std::string& children, const std::string& parents) {
  duck::Connection connection = memory();
  connection.execute("create table c as select * from (values " + children + ") as t(v)");
  connection.execute("create table p as select * from (values " + parents + ") as t(v)");
  return is_proved(connection, relationship_query("c", "p"));
}

TEST(TestProof, RecognisesTheBuiltInTests) {
  const Project project = load({
      {"models/t.sql",
       "{{ config(materialized='table') }}select range as v, range % 3 as w from range(10)"},
      {"models/s.yml",
       "models:\n  - name: t\n    tests:\n"
       "      - dbt_utils.unique_combination_of_columns:\n"
       "          arguments: {combination_of_columns: [v, w]}\n"
       "    columns:\n      - name: v\n        tests:\n          - unique\n"
       "          - unique: {config: {where: 'v > 3'}, name: some}\n"
       "      - name: w\n        tests:\n"
       "          - relationships: {arguments: {to: ref('t'), field: v}}\n"},
  });
  duck::Connection connection = memory();
  connection.execute("create schema if not exists main");
  const RunResult result = run_all(project, connection);
  int tests = 0;
  for (const NodeResult& node : result.nodes) {
    if (node.kind != NodeKind::test) continue;
    EXPECT_TRUE(is_proved(connection, node.compiled)) << node.compiled;
    ++tests;
  }
  EXPECT_EQ(tests, 4);
}

TEST(TestProof, SeesThatKeysAreDistinct) {
  EXPECT_TRUE(is_proved_unique("(1), (2), (3)"));
  EXPECT_TRUE(is_proved_unique("(-3), (0), (null), (4), (null)"));
  EXPECT_TRUE(is_proved_unique("(null::int)"));
  EXPECT_TRUE(is_proved_unique("(7::utinyint), (9::utinyint)"));
  EXPECT_TRUE(is_proved_unique("(9223372036854775807), (9223372036854775806)"));
  EXPECT_TRUE(is_proved_unique("(-9223372036854775808), (-9223372036854775807)"));
  EXPECT_TRUE(is_proved_unique("(1), (1000000)"));  // far apart
  EXPECT_TRUE(is_proved_unique("(-9223372036854775808), (9223372036854775807)"));
  EXPECT_TRUE(is_proved_unique("(1::hugeint), (2::hugeint)"));
  EXPECT_TRUE(is_proved_unique("(1.5), (2.5)"));  // decimals
  EXPECT_TRUE(is_proved_unique("(date '2025-12-01'), (date '2025-12-02'), (null)"));
  EXPECT_TRUE(is_proved_unique_pair("(1, 2), (2, 1), (1, 1)"));
  EXPECT_TRUE(is_proved_unique_pair("(1, null), (null, 1), (null, null), (1, 1)"));
  EXPECT_TRUE(is_proved_unique_pair(
      "(1, timestamp '2025-12-01 00:00:00'), (1, timestamp '2025-12-01 00:00:01')"));
}

TEST(TestProof, SeesThatAllParentsAreThere) {
  EXPECT_TRUE(is_proved_relationship("(1), (2), (2), (null)", "(1), (2), (3)"));
  EXPECT_TRUE(is_proved_relationship("(null::int)", "(5)"));
  EXPECT_TRUE(is_proved_relationship("(-1::tinyint), (3)", "(-1), (3), (null), (3)"));
}

TEST(TestProof, LeavesToTheQueryWhatFails) {
  EXPECT_FALSE(is_proved_unique("(1), (2), (2)"));
  EXPECT_FALSE(is_proved_unique("(1), (1), (null)"));
  EXPECT_FALSE(is_proved_unique("(1), (1000000), (1)"));
  EXPECT_FALSE(is_proved_unique("(date '2025-12-01'), (date '2025-12-01')"));
  EXPECT_FALSE(is_proved_unique_pair("(1, 2), (2, 1), (1, 2)"));
  EXPECT_FALSE(is_proved_unique_pair("(1, null), (1, null)"));  // one group for unique
  EXPECT_FALSE(is_proved_relationship("(1), (4)", "(1), (2)"));
  EXPECT_FALSE(is_proved_relationship("(0)", "(1), (2)"));
  EXPECT_FALSE(is_proved_relationship("(-9223372036854775808)", "(9223372036854775807)"));
  EXPECT_FALSE(is_proved_relationship("(0)", "(null::int)"));
}

TEST(TestProof, LeavesToTheQueryWhatItDoesNotKnow) {
  EXPECT_FALSE(is_proved_unique("('a'), ('b')"));
  EXPECT_FALSE(is_proved_unique("(1.5::double), (2.5)"));
  EXPECT_FALSE(is_proved_unique_pair("(1, 'a'), (2, 'b')"));
  EXPECT_FALSE(is_proved_relationship("('1')", "(1)"));
  EXPECT_FALSE(is_proved_relationship("(1.0::double)", "(1)"));
  EXPECT_FALSE(is_proved_relationship("(1)", "(1), (1000000)"));  // far apart
  duck::Connection connection = memory();
  EXPECT_FALSE(is_proved(connection, unique_query("v", "missing")));
  connection.execute("create table t as select 1 as v");
  EXPECT_FALSE(is_proved(connection, unique_query("w", "t")));
  // Other queries, even if they nearly equal the test's.
  for (std::string other : {unique_query("v", "t"), combination_query("v", "v", "t")}) {
    EXPECT_TRUE(is_proved(connection, other));
    other.replace(other.find("> 1"), 3, "> 0");
    EXPECT_FALSE(is_proved(connection, other)) << other;
  }
  std::string other = relationship_query("t", "t");
  EXPECT_TRUE(is_proved(connection, other));
  other.replace(other.find("left join"), 9, "full join");
  EXPECT_FALSE(is_proved(connection, other));
  EXPECT_FALSE(is_proved(connection, "select 1 where false"));
}

// Reads the tested column, not one that has a name the proof might use itself.
TEST(TestProof, TakesTheColumnThatIsTested) {
  duck::Connection connection = memory();
  connection.execute("create table t as select * from (values (1, 1), (1, 2)) as t(a, v)");
  EXPECT_FALSE(is_proved(connection, unique_query("a", "t")));
  connection.execute(
      "create or replace table t as select * from (values (1, null), (1, 2)) as t(a, v)");
  EXPECT_FALSE(is_proved(connection, unique_query("a", "t")));
}

const Files kRowTests = {
    {"models/t.sql",
     "{{ config(materialized='table') }}select range as v, 'a' as w, 1.5 as x from range(10)"},
    {"models/s.yml",
     "models:\n  - name: t\n    tests:\n"
     "      - dbt_utils.expression_is_true: {arguments: {expression: 'v >= 0 -- really'}}\n"
     "    columns:\n      - name: v\n        tests:\n          - not_null\n"
     "          - not_null: {config: {where: 'v > 3'}, name: some}\n"
     "          - accepted_values: {arguments: {values: [0, 1, 2, 3, 4], quote: false}}\n"
     "      - name: w\n        tests:\n"
     "          - accepted_values: {arguments: {values: [a, \"it's\"]}}\n"
     "      - name: x\n        tests:\n"
     "          - dbt_utils.accepted_range: {arguments: {min_value: 0, max_value: 1}}\n"}};

TEST(RowTests, AreTheBuiltInOnesOfSingleRows) {
  const Project project = load(kRowTests);
  duck::Connection connection = memory();
  connection.execute("create schema if not exists main");
  int tests = 0;
  for (const NodeResult& node : run_all(project, connection).nodes) {
    if (node.kind != NodeKind::test) continue;
    const std::optional<RowTest> test = read_row_test(node.compiled);
    ASSERT_TRUE(test) << node.compiled;
    EXPECT_EQ(none_holds(connection, {*test}), node.status == Status::pass) << node.compiled;
    ++tests;
  }
  EXPECT_EQ(tests, 6);
}

TEST(RowTests, AreNoOtherQueries) {
  EXPECT_FALSE(read_row_test(unique_query("v", "t")));
  EXPECT_FALSE(read_row_test("select count(*) as n\nfrom t\nwhere v is null"));
  EXPECT_FALSE(read_row_test("select *\nfrom (select * from t\nwhere v > 1)\nwhere v is null"));
  EXPECT_FALSE(read_row_test("select *\nfrom t"));
}

TEST(RowTests, HoldTogetherOnlyWhereEachDoes) {
  duck::Connection connection = memory();
  connection.execute("create table t as select * from (values (1, 'a'), (2, null)) as t(v, w)");
  const auto holds = [&](const std::vector<std::string>& conditions) {
    std::vector<RowTest> tests;
    for (const std::string& condition : conditions) tests.push_back({"t", condition});
    return !none_holds(connection, tests);
  };
  EXPECT_FALSE(holds({"v is null", "not(v > 0)", "w not in ('a')"}));
  EXPECT_TRUE(holds({"v is null", "not(v > 1)"}));
  EXPECT_TRUE(holds({"w is null", "v is null"}));
  EXPECT_FALSE(holds({"v is null -- a comment", "v is null"}));
  // Text that is not a condition proves nothing.
  EXPECT_TRUE(holds({"v is null", "missing is null"}));
  EXPECT_TRUE(holds({"v is null", "v is null) or (false"}) == holds({"v is null"}));
  EXPECT_TRUE(holds({"v is null", "false group by v"}));
  EXPECT_TRUE(holds({"v is null", "w::integer > 0"}));
  EXPECT_TRUE(holds({"false union all select 1 from t"}));
}

TEST(TestProof, AgreesWithTheQueriesOnRandomColumns) {
  std::mt19937_64 random(7);
  duck::Connection connection = memory();
  int proved = 0, failed = 0;
  const auto compare = [&](const std::string& query, int round) {
    const bool found = connection.query(query).rows() > 0;
    const bool sure = is_proved(connection, query);
    EXPECT_FALSE(sure && found) << round << query;
    proved += sure ? 1 : 0;
    failed += found ? 1 : 0;
  };
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t rows = random() % 60, span = 1 + random() % 3000;
    const auto column = [&](int salt) {
      return "case when random() < 0.1 then null else (hash(range, " +
             std::to_string(2 * round + salt) + ") % " + std::to_string(span) +
             ")::bigint - 500 end";
    };
    connection.execute("create or replace table t as select " + column(0) + " as v, " + column(1) +
                       " as w from range(" + std::to_string(rows) + ")");
    connection.execute(
        "create or replace table p as select v from t union select range - 500 "
        "from range(" +
        std::to_string(random() % 3000) + ")");
    connection.execute("create or replace table c as select w as v from t");
    compare(unique_query("v", "t"), round);
    compare(combination_query("v", "w", "t"), round);
    compare(relationship_query("t", "p"), round);
    compare(relationship_query("c", "p"), round);
  }
  EXPECT_GT(proved, 100);
  EXPECT_GT(failed, 100);
}

}  // namespace
}  // namespace gsa::dbt
