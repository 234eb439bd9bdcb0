// Small dbt projects, built by the whole program: which models and tests there are, and which are
// selected. The expected results are those of dbt-core 1.11 for the same files.

#include "duck/database.h"
#include "golden.h"
#include "warehouse_reading.h"

namespace gsa::tests {
namespace {

using Arguments = std::vector<std::string>;

class SmallProject : public testing::Test {
 protected:
  SmallProject() {
    duck::DatabaseOptions options;
    options.path = folder_ / "w.duckdb";
    duck::Database(options).connect().execute("create table raw_t as from range(5) t(id)");
    write("dbt_project.yml", "name: p\n");
    write("models/a.sql", "select 1 as id");
    write("models/b.sql", "select 2 as id");
  }

  void write(const std::string& path, const std::string& text) { folder_.write("p/" + path, text); }

  Outcome build(const Arguments& more = {}) {
    Arguments line = {"build", "--project", "p", "--warehouse", "w.duckdb"};
    line.insert(line.end(), more.begin(), more.end());
    return gsa(folder_, line);
  }

  bool is_built(const std::string& name) {
    const auto relations = visible_relations(folder_ / "w.duckdb");
    return std::any_of(relations.begin(), relations.end(), [&](const std::string& relation) {
      return relation.ends_with(" main." + name);
    });
  }

  TempFolder folder_;
};

TEST_F(SmallProject, RunsATestThatRefersToNothing) {
  write("tests/t.sql", "select * from main.raw_t where id > 2");
  const Outcome outcome = build();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(contains(outcome.err, "Failure in test t")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "Got 2 results")) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "error: 1 data test failed; nothing was held back\n"))
      << outcome.err;
  // Builds again, because it is unknown what the model reads.
  EXPECT_EQ(build().exit_code, 3);
}

TEST_F(SmallProject, RunsATestOfAModelThatReadsNoTable) {
  write("models/e.sql", "{{ config(materialized='ephemeral') }}select 1 as id");
  write("models/s.yml",
        "models:\n  - name: e\n    columns:\n      - name: id\n        tests:\n"
        "          - accepted_values: {values: [2]}\n");
  const Outcome outcome = build();
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_TRUE(contains(outcome.err, "Failure in test accepted_values_e_id__2")) << outcome.err;
}

TEST_F(SmallProject, RunsBothOfTwoTestsOfOneName) {
  write("models/base.sql", "select null::int as extension_id");
  write("models/base_extension.sql", "select 1 as id");
  write("models/s.yml",
        "models:\n  - name: base\n    columns: [{name: extension_id, tests: [not_null]}]\n"
        "  - name: base_extension\n    columns: [{name: id, tests: [not_null]}]\n");
  const Outcome outcome = build();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(contains(outcome.err, "PASS=5 WARN=0 ERROR=1")) << outcome.err;
}

TEST_F(SmallProject, HeedsTheDefaultSelectorAndANamedOne) {
  write("selectors.yml",
        "selectors:\n  - {name: s, default: true, definition: {method: fqn, value: a}}\n"
        "  - {name: t, definition: {union: [b]}}\n");
  EXPECT_EQ(build().exit_code, 0);
  EXPECT_TRUE(is_built("a"));
  EXPECT_FALSE(is_built("b"));
  EXPECT_EQ(build({"--selector", "t"}).exit_code, 0);
  EXPECT_TRUE(is_built("b"));
  const Outcome unknown = build({"--selector", "u"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_EQ(unknown.err,
            "error: there is no selector 'u' in selectors.yml\nhint: there is: s, t\n");
  EXPECT_EQ(build({"--selector", "t", "--select", "a"}).exit_code, 2);
}

TEST_F(SmallProject, WithTwoModelsOfOneRelationMakesNothing) {
  write("models/a.sql", "{{ config(alias='z', materialized='table') }}select 1 as id");
  write("models/b.sql", "{{ config(alias='z', materialized='table') }}select 2 as id");
  const Outcome outcome = build();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "the models 'a' (p/models/a.sql) and 'b' (p/models/b.sql)"))
      << outcome.err;
  EXPECT_FALSE(is_built("z"));
}

}  // namespace
}  // namespace gsa::tests
