#include "dbt/test_proof.h"

#include <map>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "base/text.h"
#include "dbt/compile.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

TestClaim unique(const std::string& column, const std::string& model) {
  return UniqueKey{{column, model}, true};
}

TestClaim combination(const std::string& columns, const std::string& model) {
  return UniqueKey{{columns, model}, false};
}

TestClaim relationship(const std::string& child, const std::string& parent) {
  return Relationship{{"v", child}, {"v", parent}};
}

// The queries of the same tests.
std::string unique_query(const std::string& column, const std::string& model) {
  return "select " + column + " from " + model + " where " + column + " is not null group by " +
         column + " having count(*) > 1";
}

std::string combination_query(const std::string& columns, const std::string& model) {
  return "select " + columns + " from " + model + " group by " + columns + " having count(*) > 1";
}

std::string relationship_query(const std::string& child, const std::string& parent) {
  return "select c.v from " + child + " c left join " + parent +
         " p on c.v = p.v where c.v is not null and p.v is null";
}

bool is_proved_unique(const std::string& values) {
  duck::Connection connection = memory();
  connection.execute("create table t as select * from (values " + values + ") as t(v)");
  return is_proved(connection, unique("v", "t"));
}

bool is_proved_unique_pair(const std::string& pairs) {
  duck::Connection connection = memory();
  connection.execute("create table t as select * from (values " + pairs + ") as t(a, b)");
  return is_proved(connection, combination("a, b", "t"));
}

bool is_proved_relationship(const std::string& children, const std::string& parents) {
  duck::Connection connection = memory();
  connection.execute("create table c as select * from (values " + children + ") as t(v)");
  connection.execute("create table p as select * from (values " + parents + ") as t(v)");
  return is_proved(connection, relationship("c", "p"));
}

// By the name of the test.
std::map<std::string, std::optional<TestClaim>> claims_of(const Project& project) {
  Compiler compiler(project, {});
  std::map<std::string, std::optional<TestClaim>> claims;
  for (const Node& node : project.nodes()) {
    if (node.kind == NodeKind::test) claims[node.name] = compiler.compile_test(node).claim;
  }
  return claims;
}

const Files kKeyTests = {
    {"models/t.sql",
     "{{ config(materialized='table') }}select range as v, range % 3 as w from range(10)"},
    {"models/s.yml",
     "models:\n  - name: t\n    tests:\n"
     "      - dbt_utils.unique_combination_of_columns:\n"
     "          arguments: {combination_of_columns: [v, w]}\n"
     "    columns:\n      - name: v\n        tests:\n          - unique\n"
     "          - unique: {config: {where: 'v > 3'}, name: some}\n"
     "      - name: w\n        tests:\n"
     "          - relationships: {arguments: {to: ref('t'), field: v}}\n"}};

TEST(TestProof, IsOfTheBuiltInTests) {
  const Project project = load(kKeyTests);
  duck::Connection connection = memory();
  connection.execute("create schema if not exists main");
  run_all(project, connection);
  const auto claims = claims_of(project);
  for (const auto& [name, claim] : claims) {
    ASSERT_TRUE(claim) << name;
    EXPECT_TRUE(is_proved(connection, *claim)) << name;
  }
  EXPECT_EQ(claims.size(), 4u);
}

// A test of the same name may say something else.
TEST(TestProof, IsNotOfTheProjectsOwnTests) {
  Files files = kKeyTests;
  files["tests/generic/unique.sql"] =
      "{% test unique(model, column_name) %}select * from {{ model }} where {{ column_name }} > 8"
      "{% endtest %}";
  const Project project = load(files);
  int without = 0;
  for (const auto& [name, claim] : claims_of(project)) without += claim ? 0 : 1;
  EXPECT_EQ(without, 2);
  duck::Connection connection = memory();
  connection.execute("create schema if not exists main");
  EXPECT_EQ(run_all(project, connection).count(Status::fail), 2u);
}

// Only the query has the CTE of the model.
TEST(TestProof, IsNotOfTestsThatReadAnEphemeralModel) {
  Files files = kKeyTests;
  files["models/t.sql"] = "{{ config(materialized='ephemeral') }}select 1 as v, 1 as w";
  for (const auto& [name, claim] : claims_of(load(files))) EXPECT_FALSE(claim) << name;
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
  EXPECT_FALSE(is_proved(connection, unique("v", "missing")));
  connection.execute("create table t as select 1 as v");
  EXPECT_FALSE(is_proved(connection, unique("w", "t")));
  EXPECT_FALSE(is_proved(connection, RowTest{"t", "false"}));
}

// Reads the tested column, not one that has a name the proof might use itself.
TEST(TestProof, TakesTheColumnThatIsTested) {
  duck::Connection connection = memory();
  connection.execute("create table t as select * from (values (1, 1), (1, 2)) as t(a, v)");
  EXPECT_FALSE(is_proved(connection, unique("a", "t")));
  connection.execute(
      "create or replace table t as select * from (values (1, null), (1, 2)) as t(a, v)");
  EXPECT_FALSE(is_proved(connection, unique("a", "t")));
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
  const auto claims = claims_of(project);
  int tests = 0;
  for (const NodeResult& node : run_all(project, connection).nodes) {
    if (node.kind != NodeKind::test) continue;
    const auto& claim = claims.at(node.name);
    ASSERT_TRUE(claim && std::holds_alternative<RowTest>(*claim)) << node.name;
    EXPECT_EQ(none_holds(connection, {std::get<RowTest>(*claim)}), node.status == Status::pass)
        << node.compiled;
    ++tests;
  }
  EXPECT_EQ(tests, 6);
}

// A run builds relations under hidden names; their tests are proved there.
TEST(RowTests, SayWhatTheQueriesSay) {
  const Project project = load(
      {{"models/t.sql", "{{ config(materialized='table') }}select range as v from range(10)"},
       {"models/s.yml",
        "models:\n  - name: t\n    columns:\n      - name: v\n        quote: true\n"
        "        tests:\n          - not_null\n"
        "          - dbt_utils.accepted_range: {arguments: {min_value: 0, inclusive: false}, "
        "name: above}\n"
        "          - dbt_utils.accepted_range: {arguments: {max_value: 9}, name: below}\n"
        "          - dbt_utils.expression_is_true: {arguments: {expression: '>= 0'}, name: holds}\n"
        "          - accepted_values: {arguments: {values: [1, b]}, name: one_of}\n"}});
  CompileOptions options;
  options.relation = [](const Relation& relation) {
    return Relation{relation.database, relation.schema, "hidden_" + relation.name};
  };
  Compiler compiler(project, options);
  std::string all;
  for (const Node& node : project.nodes()) {
    if (node.kind != NodeKind::test) continue;
    const auto test = std::get<RowTest>(compiler.compile_test(node).claim.value());
    EXPECT_NE(test.model.find("hidden_t"), std::string::npos) << test.model;
    EXPECT_EQ(test.asks_for_null, node.spec.name == "not_null");
    all += node.name + ": " + replace_all(test.condition, "\n", " ") + "\n";
  }
  EXPECT_EQ(all,
            "above: false     or not \"v\" > 0\n"
            "below: false     or not \"v\" <= 9\n"
            "holds: not(\"v\" >= 0)\n"
            "not_null_t__v_: \"v\" is null\n"
            "one_of: (\"v\") not in ('1', 'b' )\n");
}

TEST(RowTests, HoldTogetherOnlyWhereEachDoes) {
  duck::Connection connection = memory();
  connection.execute("create table t as select * from (values (1, 'a'), (2, null)) as t(v, w)");
  const auto holds = [&](const std::vector<std::string>& conditions) {
    std::vector<RowTest> tests;
    for (const std::string& condition : conditions) tests.push_back({"t", condition, false});
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
  const auto compare = [&](const TestClaim& claim, const std::string& query, int round) {
    const bool found = connection.query(query).rows() > 0;
    const bool sure = is_proved(connection, claim);
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
    compare(unique("v", "t"), unique_query("v", "t"), round);
    compare(combination("v, w", "t"), combination_query("v, w", "t"), round);
    compare(relationship("t", "p"), relationship_query("t", "p"), round);
    compare(relationship("c", "p"), relationship_query("c", "p"), round);
  }
  EXPECT_GT(proved, 100);
  EXPECT_GT(failed, 100);
}

}  // namespace
}  // namespace gsa::dbt
