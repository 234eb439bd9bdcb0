#include "dbt/runner.h"

#include <regex>

#include <gtest/gtest.h>

#include "base/text.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

const std::string kTable = "{{ config(materialized='table') }}";

RunOptions with_command(Command command) {
  RunOptions options;
  options.command = command;
  return options;
}

// The log of a run, its times made equal.
std::string log_of(const Project& project, duck::Connection& connection, RunOptions options = {}) {
  std::string log;
  options.log = [&](const std::string& line) { log += line + "\n"; };
  run(project, connection, options);
  log = std::regex_replace(log, std::regex("(^|\n)\\d\\d:\\d\\d:\\d\\d"), "$01HH:MM:SS");
  return std::regex_replace(log, std::regex("in \\d+\\.\\d\\ds\\]"), "in 0.00s]");
}

std::string statuses(const RunResult& result) {
  std::vector<std::string> all;
  for (const NodeResult& node : result.nodes)
    all.push_back(node.name + " " + to_string(node.status));
  return join(all, ", ");
}

TEST(Runner, BuildsModelsAndReportsLikeDbt) {
  duck::Connection connection = memory();
  connection.execute(
      "create table raw_users as select range as id, 'u' || range as name from range(5)");
  const Project project = load({
      {"models/s.yml",
       "sources:\n  - name: raw\n    schema: main\n    tables:\n      - name: users\n"
       "        identifier: raw_users\n        columns: [{name: id, tests: [unique]}]\n"
       "models:\n  - name: dim\n    columns:\n      - name: id\n        tests:\n"
       "          - unique\n          - accepted_values: {values: [0, 1, 2], quote: false, "
       "config: {severity: warn}}\n          - dbt_utils.accepted_range: {max_value: 3}\n"},
      {"models/stg.sql", "select * from {{ source('raw', 'users') }}"},
      {"models/dim.sql", kTable + "select id, name from {{ ref('stg') }}"},
      {"models/report.sql",
       "{{ config(materialized='table', schema='out') }}select * from {{ ref('dim') }}"},
      {"models/apart.sql", kTable + "select 1 as id"},
      {"tests/few_users.sql",
       "select count(*) as users from {{ ref('dim') }} having count(*) > 100"},
  });
  RunOptions verbose;
  verbose.verbose = true;
  expect_golden("build.txt", log_of(project, connection, verbose));
  EXPECT_EQ(connection.query_int64("select count(*) from dim"), 5);
}

TEST(Runner, SkipsWhatAFailingTestOrModelGuards) {
  duck::Connection connection = memory();
  const Project project = load({
      {"models/a.sql", kTable + "select 1 as id union all select 1"},
      {"models/b.sql", kTable + "select * from {{ ref('a') }}"},
      {"models/c.sql", kTable + "select * from {{ ref('b') }}"},
      {"models/d.sql", kTable + "select nope from (select 1 as id)"},
      {"models/e.sql", kTable + "select * from {{ ref('d') }}"},
      {"models/free.sql", kTable + "select 1 as id"},
      {"models/s.yml",
       "models:\n  - name: a\n    columns: [{name: id, tests: [unique]}]\n"
       "  - name: b\n    columns: [{name: id, tests: [not_null]}]\n"
       "  - name: e\n    columns: [{name: id, tests: [not_null]}]\n"},
  });
  const RunResult build = run(project, connection, {});
  EXPECT_EQ(statuses(build),
            "a pass, unique_a_id fail, b skip, not_null_b_id skip, c skip, d error, e skip, "
            "not_null_e_id skip, free pass");
  EXPECT_FALSE(build.succeeded());
  EXPECT_EQ(find(build, "c").message, "skipped because of unique_a_id");
  EXPECT_EQ(find(build, "e").message, "skipped because of d");
  // Without its tests the model stands, and what follows runs.
  EXPECT_EQ(statuses(run(project, connection, with_command(Command::run))),
            "a pass, b pass, c pass, d error, e skip, free pass");
}

TEST(Runner, ARelationshipTestGuardsOnlyWhatComesAfterBoth) {
  duck::Connection connection = memory();
  const Project project = load({
      {"models/a.sql", kTable + "select 1 as id"},
      {"models/b.sql", kTable + "select 2 as id"},
      {"models/of_a.sql", kTable + "select * from {{ ref('a') }}"},
      {"models/of_both.sql", kTable + "select a.id from {{ ref('a') }} a, {{ ref('b') }} b"},
      {"models/s.yml",
       "models:\n  - name: a\n    columns:\n      - name: id\n        tests:\n"
       "          - relationships: {to: ref('b'), field: id}\n"},
  });
  EXPECT_EQ(statuses(run(project, connection, {})),
            "a pass, b pass, relationships_a_id__id__ref_b_ fail, of_a pass, of_both skip");
}

TEST(Runner, RunsTestsOfASelectedModelEvenIfTheirOtherParentIsNot) {
  duck::Connection connection = memory();
  connection.execute("create table b as select 1 as id");
  const Project project = load({
      {"models/a.sql", kTable + "select 1 as id"},
      {"models/b.sql", kTable + "select 2 as id"},
      {"models/s.yml",
       "models:\n  - name: a\n    columns:\n      - name: id\n        tests:\n"
       "          - relationships: {to: ref('b'), field: id}\n"},
  });
  RunOptions options;
  options.select = "a";
  EXPECT_EQ(statuses(run(project, connection, options)),
            "a pass, relationships_a_id__id__ref_b_ pass");
  options.command = Command::run;
  options.select = "test_type:generic";
  EXPECT_EQ(error_of([&] { run(project, connection, options); }),
            "the selection holds no models to run");
}

TEST(Runner, TurnsAViewIntoATableAndBack) {
  duck::Connection connection = memory();
  const auto build = [&](const std::string& kind) {
    const Project project =
        load({{"models/a.sql", "select 1 as id"},
              {"dbt_project.yml", "name: shop\nmodels: {+materialized: " + kind + "}\n"}});
    const RunResult result = run(project, connection, {});
    return to_string(result.nodes[0].status) + " " +
           connection.query("select table_type from information_schema.tables").text(0, 0);
  };
  EXPECT_EQ(build("view"), "pass VIEW");
  EXPECT_EQ(build("table"), "pass BASE TABLE");
  EXPECT_EQ(build("table"), "pass BASE TABLE");
  EXPECT_EQ(build("view"), "pass VIEW");
  EXPECT_EQ(build("incremental"), "pass BASE TABLE");
  EXPECT_EQ(build("view"), "pass VIEW");
}

// `keys` as in config(); the model takes what raw holds beyond the greatest day it has.
Project incremental(const std::string& keys, const std::string& filter = "") {
  return load(
      {{"models/s.yml", "sources: [{name: main, tables: [{name: raw}]}]\n"},
       {"models/a.sql",
        "{{ config(materialized='incremental'" + keys +
            ") }}select * from {{ source('main', 'raw') }}{% if is_incremental() %} where day"
            " >= (select max(day) from {{ this }})" +
            filter + "{% endif %}"}});
}

std::string rows_of(duck::Connection& connection) {
  return connection
      .query(
          "select coalesce(string_agg(id || '/' || day || '/' || v, ' ' order by id, day, v), "
          "'') from a")
      .text(0, 0);
}

TEST(Runner, AppendsToAnIncrementalModelWithoutAKey) {
  duck::Connection connection = memory();
  const Project project = incremental("");
  connection.execute("create table raw as select 1 as id, 1 as day, 'x' as v");
  EXPECT_EQ(run(project, connection, {}).nodes[0].rows, 1);
  connection.execute("insert into raw values (2, 2, 'y')");
  EXPECT_EQ(run(project, connection, {}).nodes[0].rows, 2);
  EXPECT_EQ(rows_of(connection), "1/1/x 1/1/x 2/2/y");
}

TEST(Runner, ReplacesRowsOfAnIncrementalModelByItsKey) {
  for (const std::string keys : {", unique_key='id'", ", unique_key=['id', 'day']"}) {
    duck::Connection connection = memory();
    const Project project = incremental(keys);
    connection.execute("create table raw as select 1 as id, 1 as day, 'x' as v");
    run(project, connection, {});
    // The first is the same key anew; the second the same id on another day.
    connection.execute("update raw set v = 'z'; insert into raw values (1, 2, 'y'), (3, 3, 'w')");
    run(project, connection, {});
    EXPECT_EQ(rows_of(connection), "1/1/z 1/2/y 3/3/w") << keys;
    connection.execute("delete from raw where day < 3; insert into raw values (1, 3, 'q')");
    run(project, connection, {});
    EXPECT_EQ(rows_of(connection),
              keys.find("day") == std::string::npos ? "1/3/q 3/3/w" : "1/1/z 1/2/y 1/3/q 3/3/w")
        << keys;
  }
}

TEST(Runner, BuildsAnIncrementalModelAnewOnFullRefresh) {
  duck::Connection connection = memory();
  const Project project = incremental(", unique_key='id'");
  connection.execute("create table raw as select 1 as id, 1 as day, 'x' as v");
  run(project, connection, {});
  connection.execute("delete from raw; insert into raw values (9, 0, 'n')");
  RunOptions options;
  options.full_refresh = true;
  run(project, connection, options);
  EXPECT_EQ(rows_of(connection), "9/0/n");
}

TEST(Runner, ExplainsAnErrorInTermsOfTheTemplate) {
  const std::string macro =
      "{% macro three_lines(name) %}\n{{ name }} as one,\n{{ name }} as two,\n{{ name }} as three\n"
      "{% endmacro %}";
  std::string all;
  const auto explain = [&](Files files, const std::string& node) {
    duck::Connection connection = memory();
    files["macros/m.sql"] = macro;
    const NodeResult result = find(run(load(files), connection, {}), node);
    EXPECT_EQ(result.status, Status::error) << node;
    all += result.message + (result.hint.empty() ? "" : "\nhint: " + result.hint) + "\n\n";
  };
  const std::string users = kTable + "select 1 as user_id, 'a' as name";
  explain({{"models/u.sql", users},
           {"models/a.sql",
            kTable + "\n\nselect\n  {{ three_lines('name') }},\n  name,\n  upper(name) as big,\n"
                     "  usr_id\nfrom {{ ref('u') }}"}},
          "a");
  explain({{"models/a.sql", kTable + "select\n  1 +\nfrom nowhere"}}, "a");
  explain({{"models/fct_sessions.sql", users},
           {"models/a.sql", kTable + "-- {{ ref('fct_sessions') }}\nselect * from fct_sesions"}},
          "a");
  explain({{"models/s.yml", "sources: [{name: raw, tables: [{name: users}]}]\n"},
           {"models/a.sql", kTable + "select *\nfrom {{ source('raw', 'users') }}"}},
          "a");
  explain({{"models/a.sql", kTable + "select\n  uper('x') as x"}}, "a");
  explain({{"models/a.sql", kTable + "select cast(name as integer) as n\nfrom {{ ref('u') }}"},
           {"models/u.sql", users}},
          "a");
  explain(
      {{"models/e.sql", "{{ config(materialized='ephemeral') }}\nselect 1 as id,\n  idd as two"},
       {"models/a.sql", kTable + "select * from {{ ref('e') }}"}},
      "a");
  explain({{"models/a.sql", kTable + "select\n  {{ three_lines('nam') }}\nfrom {{ ref('u') }}"},
           {"models/u.sql", users}},
          "a");
  explain({{"models/u.sql", users},
           {"models/s.yml",
            "models:\n  - name: u\n    columns:\n      - name: usr_id\n"
            "        tests:\n          - unique\n"}},
          "unique_u_usr_id");
  explain(
      {{"models/u.sql", users}, {"tests/t.sql", "select *\nfrom {{ ref('u') }}\nwhere nam = 1"}},
      "t");
  explain({{"models/u.sql", users},
           {"models/s.yml",
            "models:\n  - name: u\n    columns:\n      - name: user_id\n"
            "        tests:\n          - unique: {config: {error_if: 'many'}}\n"}},
          "unique_u_user_id");
  const std::string filler(400, 'x');
  explain(
      {{"models/a.sql", kTable + "select\n  '" + filler + "' as f, nope, '" + filler + "' as g"}},
      "a");
  expect_golden("sql_errors.txt", all);
}

TEST(Runner, BuildsUnderHiddenNamesAndInTheCallersTransaction) {
  duck::Connection connection = memory();
  const Project project = load({{"models/a.sql", kTable + "select 1 as id"},
                                {"models/b.sql", "select * from {{ ref('a') }}"}});
  RunOptions options;
  options.relation = [](const Relation& relation) { return Relation{"", "next", relation.name}; };
  connection.execute("begin");
  EXPECT_TRUE(run(project, connection, options).succeeded());
  EXPECT_EQ(connection.query_int64("select id from next.b"), 1);
  connection.execute("rollback");
  EXPECT_EQ(connection.query_int64("select count(*) from information_schema.tables"), 0);
}

TEST(Runner, ShowsTheFirstErrorOfATransactionOnly) {
  duck::Connection connection = memory();
  const Project project = load({{"models/a.sql", kTable + "select error('broken while running')"},
                                {"models/b.sql", kTable + "select 1 as id"}});
  connection.execute("begin");
  const RunResult result = run(project, connection, {});
  connection.execute("rollback");
  EXPECT_EQ(statuses(result), "a error, b skip");
  EXPECT_EQ(result.nodes[1].message, "skipped because of a, whose error ended the transaction");
}

TEST(Runner, TellsOfEachNodeAndLeavesTheSqlBehind) {
  duck::Connection connection = memory();
  const Project project = load({{"models/a.sql", kTable + "select 1 as id"},
                                {"models/b.sql", "select * from {{ ref('a') }}"}});
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "gsa_dbt_compiled";
  std::filesystem::remove_all(folder);
  RunOptions options;
  std::string seen;
  options.on_node = [&](const Node& node, Phase phase) {
    seen += (phase == Phase::before ? "+" : "-") + node.name + " ";
  };
  options.compiled_to = folder;
  run(project, connection, options);
  EXPECT_EQ(seen, "+a -a +b -b ");
  EXPECT_EQ(read_file(folder / "b.sql"), "select * from main.a\n");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gsa::dbt
