#include "dbt/runner.h"

#include <algorithm>
#include <atomic>
#include <regex>
#include <thread>

#include <gtest/gtest.h>

#include "base/text.h"
#include "dbt/project_fixture.h"
#include "dbt/report.h"
#include "duck/function.h"

namespace gsa::dbt {
namespace {

const std::string kTable = "{{ config(materialized='table') }}";

std::string statuses(const RunResult& result) {
  std::vector<std::string> all;
  for (const NodeResult& node : result.nodes)
    all.push_back(node.name + " " + to_string(node.status));
  return join(all, ", ");
}

NodeResult run_model(const Project& project, duck::Connection& connection,
                     const std::string& model = "a", NodeRunOptions options = {}) {
  return NodeRunner(project, connection, std::move(options))
      .run(*project.find_model(model), connection);
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
  const RunResult result = run_all(project, connection);
  std::string log = found_line(project) + "\n";
  for (std::size_t i = 0; i < result.nodes.size(); ++i) {
    log += start_line(result.nodes[i], i + 1, result.nodes.size()) + "\n";
    log += end_line(result.nodes[i], i + 1, result.nodes.size(), nullptr) + "\n";
  }
  for (const std::string& line : summary_lines(result, nullptr)) log += line + "\n";
  expect_golden("build.txt",
                std::regex_replace(log, std::regex("in \\d+\\.\\d\\ds\\]"), "in 0.00s]"));
  EXPECT_FALSE(result.succeeded());
  EXPECT_EQ(connection.query_int64("select count(*) from dim"), 5);
}

// Row tests run as one query; if that finds rows, each test runs by itself.
TEST(Runner, TellsWhichOfTheTestsOfAModelFail) {
  const auto run = [](const std::string& values) {
    duck::Connection connection = memory();
    const Project project =
        load({{"models/t.sql", kTable + "select * from (values " + values + ") as t(v, w)"},
              {"models/s.yml",
               "models:\n  - name: t\n    columns:\n      - name: v\n        tests:\n"
               "          - not_null: {name: v_given}\n"
               "          - dbt_utils.accepted_range: {max_value: 3, name: v_in_range}\n"
               "          - not_null: {name: v_warns, config: {severity: warn}}\n"
               "      - name: w\n        tests:\n"
               "          - accepted_values: {values: [a, b], name: w_known}\n"
               "          - not_null: {name: w_odd, config: {where: 'missing > 1'}}\n"}});
    std::string said;
    for (const NodeResult& node : run_all(project, connection).nodes) {
      if (node.kind != NodeKind::test) continue;
      said += node.name + " " + to_string(node.status) + " " + std::to_string(node.failures) + "; ";
    }
    return said;
  };
  EXPECT_EQ(run("(1, 'a'), (2, 'b'), (3, null)"),
            "v_given pass 0; v_in_range pass 0; v_warns pass 0; w_known pass 0; w_odd error 0; ");
  EXPECT_EQ(run("(1, 'a'), (null, 'c'), (null, 'd')"),
            "v_given fail 2; v_in_range pass 0; v_warns warn 2; w_known fail 2; w_odd error 0; ");
  EXPECT_EQ(run("(4, 'a'), (5, 'b'), (6, 'b')"),
            "v_given pass 0; v_in_range fail 3; v_warns pass 0; w_known pass 0; w_odd error 0; ");
}

// One query for all tests of values, and one for all tests for null, which DuckDB can mostly answer
// without reading the table.
TEST(Runner, ReadsAModelTwiceForItsTestsOfSingleRows) {
  duck::Connection connection = memory();
  std::atomic<std::size_t> read = 0;
  const duck::Type bigint = duck::Type::of(duck::TypeId::bigint);
  duck::register_function(connection,
                          {"seen",
                           {bigint},
                           bigint,
                           [&read](const duck::Arguments& arguments, duck::Output& output) {
                             read += arguments.rows();
                             std::copy_n(arguments.column<std::int64_t>(0), arguments.rows(),
                                         output.data<std::int64_t>());
                           },
                           false});
  const Project project =
      load({{"models/t.sql", "select seen(range) as v, seen(range + 1) as w from range(100)"},
            {"models/s.yml",
             "models:\n  - name: t\n    columns:\n      - name: v\n        tests:\n"
             "          - dbt_utils.accepted_range: {min_value: 0, name: v_low}\n"
             "          - dbt_utils.accepted_range: {max_value: 99, name: v_high}\n"
             "          - not_null: {name: v_given}\n"
             "      - name: w\n        tests:\n"
             "          - not_null: {name: w_given}\n"}});
  EXPECT_TRUE(run_all(project, connection).succeeded());
  EXPECT_EQ(read, 300U);  // v for the values; v and w for null
}

TEST(Runner, TellsWhatItBuiltAndThatAFailingModelHasFailed) {
  duck::Connection connection = memory();
  const Project project = load({
      {"models/a.sql", "{{ config(materialized='table', alias='b') }}select unnest([1, 2]) as id"},
      {"models/bad.sql", kTable + "select nope from (select 1 as id)"},
      {"models/late.sql", kTable + "select error('broken while running')"},
      {"models/lost.sql", kTable + "select * from '/nowhere/at/all.csv'"},
      {"models/v.sql", "select 1 as id"},
      {"models/typo.sql", "select {% if execute %}{{ nope() }}{% endif %}"},
  });
  NodeRunner runner(project, connection);
  const auto run = [&](const std::string& model) {
    return runner.run(*project.find_model(model), connection);
  };
  const NodeResult a = run("a");
  EXPECT_EQ(a.unique_id, "model.shop.a");
  EXPECT_EQ(a.materialized, "table");
  EXPECT_EQ(to_sql(a.relation), "main.b");
  EXPECT_EQ(a.rows, 2);
  EXPECT_EQ(a.sql_error, std::nullopt);
  EXPECT_EQ(run("v").rows, std::nullopt);
  EXPECT_EQ(run("bad").status, Status::error);
  EXPECT_EQ(run("bad").sql_error, duck::SqlErrorKind::binder);
  EXPECT_EQ(run("late").sql_error, duck::SqlErrorKind::invalid_input);
  EXPECT_EQ(run("lost").sql_error, duck::SqlErrorKind::io);
  const NodeResult typo = run("typo");
  EXPECT_EQ(typo.status, Status::error);
  EXPECT_EQ(typo.sql_error, std::nullopt);
  EXPECT_NE(typo.message.find("models/typo.sql:1:"), std::string::npos) << typo.message;
}

TEST(Runner, KnowsANodeThatHasNotRun) {
  const Project project = load({{"models/a.sql", kTable + "select 1 as id"}});
  const NodeResult result = result_of(*project.find_model("a"), Status::skip);
  EXPECT_EQ(result.name, "a");
  EXPECT_EQ(result.materialized, "table");
  EXPECT_EQ(to_sql(result.relation), "main.a");
  EXPECT_EQ(result.status, Status::skip);
}

TEST(Runner, RefusesWhatCannotRun) {
  duck::Connection connection = memory();
  const Project project =
      load({{"models/a.sql", "{{ config(materialized='ephemeral') }}select 1 as id"}});
  EXPECT_THROW(run_model(project, connection), Bug);
}

TEST(Runner, TellsAnInterruptionFromAnError) {
  duck::Connection connection = memory();
  const Project project =
      load({{"models/a.sql", kTable + "select sum(a.range * b.range) as s from range(100000000) a, "
                                      "range(100000000) b where a.range <> b.range"}});
  NodeRunner runner(project, connection);
  std::atomic<bool> done = false;
  std::thread stopper([&] {
    while (!done) {
      connection.interrupt();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  ErrorCode code = ErrorCode::failed;
  try {
    runner.run(*project.find_model("a"), connection);
  } catch (const Error& error) {
    code = error.code();
  }
  done = true;
  stopper.join();
  EXPECT_EQ(code, ErrorCode::interrupted);
}

TEST(Runner, TurnsAViewIntoATableAndBack) {
  duck::Connection connection = memory();
  const auto build = [&](const std::string& kind) {
    const Project project =
        load({{"models/a.sql", "select 1 as id"},
              {"dbt_project.yml", "name: shop\nmodels: {+materialized: " + kind + "}\n"}});
    const NodeResult result = run_model(project, connection);
    return to_string(result.status) + " " +
           connection.query("select table_type from information_schema.tables").text(0, 0);
  };
  EXPECT_EQ(build("view"), "pass VIEW");
  EXPECT_EQ(build("table"), "pass BASE TABLE");
  EXPECT_EQ(build("table"), "pass BASE TABLE");
  EXPECT_EQ(build("view"), "pass VIEW");
  EXPECT_EQ(build("incremental"), "pass BASE TABLE");
  EXPECT_EQ(build("view"), "pass VIEW");
}

// `keys` are arguments of config(). The model takes the rows of raw after the latest day that it
// has.
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
  EXPECT_EQ(run_model(project, connection).rows, 1);
  connection.execute("insert into raw values (2, 2, 'y')");
  EXPECT_EQ(run_model(project, connection).rows, 2);
  EXPECT_EQ(rows_of(connection), "1/1/x 1/1/x 2/2/y");
}

TEST(Runner, ReplacesRowsOfAnIncrementalModelByItsKey) {
  for (const std::string keys : {", unique_key='id'", ", unique_key=['id', 'day']"}) {
    duck::Connection connection = memory();
    const Project project = incremental(keys);
    connection.execute("create table raw as select 1 as id, 1 as day, 'x' as v");
    run_model(project, connection);
    // The first row has a known key; the second has a known id on another day.
    connection.execute("update raw set v = 'z'; insert into raw values (1, 2, 'y'), (3, 3, 'w')");
    run_model(project, connection);
    EXPECT_EQ(rows_of(connection), "1/1/z 1/2/y 3/3/w") << keys;
    connection.execute("delete from raw where day < 3; insert into raw values (1, 3, 'q')");
    run_model(project, connection);
    EXPECT_EQ(rows_of(connection),
              keys.find("day") == std::string::npos ? "1/3/q 3/3/w" : "1/1/z 1/2/y 1/3/q 3/3/w")
        << keys;
  }
}

TEST(Runner, BuildsAnIncrementalModelAnewOnFullRefresh) {
  duck::Connection connection = memory();
  const Project project = incremental(", unique_key='id'");
  connection.execute("create table raw as select 1 as id, 1 as day, 'x' as v");
  run_model(project, connection);
  connection.execute("delete from raw; insert into raw values (9, 0, 'n')");
  NodeRunOptions options;
  options.full_refresh = true;
  run_model(project, connection, "a", options);
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
    const NodeResult result = find(run_all(load(files), connection), node);
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
  NodeRunOptions options;
  options.relation = [](const Relation& relation) { return Relation{"", "next", relation.name}; };
  connection.execute("begin");
  EXPECT_TRUE(run_all(project, connection, options).succeeded());
  EXPECT_EQ(connection.query_int64("select id from next.b"), 1);
  connection.execute("rollback");
  EXPECT_EQ(connection.query_int64("select count(*) from information_schema.tables"), 0);
}

TEST(Runner, AsksAnewWhereARelationStands) {
  duck::Connection connection = memory();
  connection.execute("create table a as select 1 as id");
  const Project project =
      load({{"models/a.sql", kTable + "select 2 as id"},
            {"models/e.sql", "{{ config(materialized='ephemeral') }}select id from {{ ref('a') }}"},
            {"models/b.sql", kTable + "select id from {{ ref('e') }}"}});
  std::set<std::string> made = {"b"};
  NodeRunOptions options;
  options.relation = [&](const Relation& relation) {
    return Relation{"", relation.schema,
                    made.contains(relation.name) ? "new_" + relation.name : relation.name};
  };
  NodeRunner runner(project, connection, options);
  const auto id_of_b = [&] {
    EXPECT_EQ(runner.run(*project.find_model("b"), connection).message, "");
    return connection.query_int64("select id from new_b");
  };
  EXPECT_EQ(id_of_b(), 1);
  made.insert("a");
  runner.run(*project.find_model("a"), connection);
  EXPECT_EQ(id_of_b(), 2);
}

TEST(Runner, AddsToATableThatSomebodyElseHasMade) {
  duck::Connection connection = memory();
  const Project project = incremental("");
  connection.execute("create table raw as select 1 as id, 1 as day, 'x' as v");
  NodeRunner runner(project, connection);
  const Node& a = *project.find_model("a");
  connection.execute("create table a as from raw");
  runner.relations().set(a.relation, RelationKind::table);
  EXPECT_NE(runner.compile(a).text().find("where day"), std::string::npos);
  runner.run(a, connection);
  EXPECT_EQ(rows_of(connection), "1/1/x 1/1/x");
}

TEST(Runner, LeavesTheSqlBehind) {
  duck::Connection connection = memory();
  const Project project = load({{"models/a.sql", kTable + "select 1 as id"},
                                {"models/b.sql", "select * from {{ ref('a') }}"}});
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "gsa_dbt_compiled";
  std::filesystem::remove_all(folder);
  NodeRunOptions options;
  options.compiled_to = folder;
  const RunResult result = run_all(project, connection, options);
  EXPECT_EQ(find(result, "b").compiled, "select * from main.a");
  EXPECT_EQ(find(result, "b").compiled_file, folder / "b.sql");
  EXPECT_EQ(read_file(folder / "b.sql"), "select * from main.a\n");
  std::filesystem::remove_all(folder);
}

// A project whose nodes can all run at once, except for the raw table: models of all kinds, in
// missing schemas, each with tests. Some models fail.
Project side_by_side(int models) {
  Files files;
  std::string yml = "sources: [{name: main, tables: [{name: raw}]}]\nmodels:\n";
  for (int i = 0; i < models; ++i) {
    const std::string kind = i % 3 == 0 ? "table" : i % 3 == 1 ? "view" : "incremental";
    files[fmt::format("models/m{}.sql", i)] = fmt::format(
        "{{{{ config(materialized='{}', schema='s{}') }}}}select id, {} as i from "
        "{{{{ ref('e') }}}}{}",
        kind, i % 4, i, i % 10 == 9 ? fmt::format(" where nope_{}", i) : "");
    yml += fmt::format("  - name: m{}\n    columns: [{{name: id, tests: [unique]}}]\n", i);
  }
  files["models/e.sql"] =
      "{{ config(materialized='ephemeral') }}select id from {{ source('main', 'raw') }}";
  files["models/s.yml"] = yml;
  return load(files);
}

// Runs all nodes of `kind`, each on its thread's connection.
RunResult run_on_threads(const Project& project, NodeRunner& runner, const duck::Database& database,
                         NodeKind kind) {
  constexpr std::size_t kThreads = 4;
  std::vector<NodeResult> results(project.nodes().size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      duck::Connection connection = database.connect();
      for (std::size_t i = next++; i < results.size(); i = next++) {
        const Node& node = project.nodes()[i];
        if (node.kind == kind && node.name != "e") results[i] = runner.run(node, connection);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  RunResult run;
  std::copy_if(results.begin(), results.end(), std::back_inserter(run.nodes),
               [](const NodeResult& result) { return !result.name.empty(); });
  return run;
}

TEST(Runner, RunsInParallelOnConnectionsOfOneDatabase) {
  constexpr int kModels = 60;
  const Project project = side_by_side(kModels);
  const duck::Database database({});
  duck::Connection connection = database.connect();
  connection.execute("create table raw as select range as id from range(1000)");
  // Two rounds: the second replaces existing relations or adds to them.
  for (int round = 1; round <= 2; ++round) {
    NodeRunner runner(project, connection);
    const RunResult built = run_on_threads(project, runner, database, NodeKind::model);
    ASSERT_EQ(built.nodes.size(), std::size_t{kModels});
    for (int i = 0; i < kModels; ++i) {
      const NodeResult& result = find(built, fmt::format("m{}", i));
      if (i % 10 != 9) {
        EXPECT_EQ(to_string(result.status), "pass") << result.name << ": " << result.message;
        continue;
      }
      EXPECT_EQ(result.status, Status::error);
      // The error belongs to this node's statement, not to another thread's.
      EXPECT_TRUE(result.message.starts_with(fmt::format("models/m{}.sql:1:", i)) &&
                  result.message.find(fmt::format("\"nope_{}\"", i)) != std::string::npos)
          << result.message;
    }
    const RunResult tested = run_on_threads(project, runner, database, NodeKind::test);
    ASSERT_EQ(tested.nodes.size(), std::size_t{kModels});
    // By then, an incremental model without a key has every row twice.
    EXPECT_EQ(tested.count(Status::fail), round == 1 ? 0u : 18u) << statuses(tested);
    EXPECT_EQ(tested.count(Status::error), 6u);
  }
}

// Tests that hold for the other rows ask the changed ones; those that need all rows ask all.
TEST(Runner, AsksChangedRowsOnly) {
  const Project project = load(
      {{"models/t.sql", "{{ config(materialized='table') }}select 1 as id, 2 as n"},
       {"models/s.yml",
        "models:\n  - name: t\n    columns:\n"
        "      - name: id\n        data_tests: [unique: {name: ids}]\n"
        "      - name: n\n        data_tests:\n          - not_null: {name: known}\n"
        "          - accepted_values: {name: few, arguments: {values: [1, 2, 3], quote: false}}\n"
        "          - unique: {name: numbers}\n"},
       {"tests/whole.sql", "select * from {{ ref('t') }} where n = 9"}});
  const auto statuses = [&](const std::string& rows, bool only_rows) {
    duck::Connection connection = memory();
    connection.execute("create schema if not exists main");
    connection.execute(
        "create table main.t as from (values (1, 9), (1, null), (3, 1)) as t(id, n)");
    connection.execute("create table main.t_rows as from (values " + rows + ") as t(id, n)");
    connection.execute("insert into main.t from main.t_rows");
    NodeRunner runner(project, connection);
    std::string all;
    for (const char* name : {"few", "ids", "known", "numbers", "whole"}) {
      const auto node = std::find_if(project.nodes().begin(), project.nodes().end(),
                                     [&](const Node& one) { return one.name == name; });
      const NodeResult result =
          only_rows ? runner.run(*node, connection, {}, ChangedRows{"main.t", "main.t_rows", "id"})
                    : runner.run(*node, connection);
      all += result.status == Status::pass ? "." : result.status == Status::fail ? "F" : "E";
    }
    return all;
  };
  EXPECT_EQ(statuses("(5, 2), (6, 3)", false), "FFF.F");
  EXPECT_EQ(statuses("(5, 2), (6, 3)", true), "....F");
  EXPECT_EQ(statuses("(5, 2), (5, 3)", true), ".F..F");
  EXPECT_EQ(statuses("(5, 4), (6, null)", true), "F.F.F");
  EXPECT_EQ(statuses("(5, 1), (6, 2)", true), "...FF");
}

}  // namespace
}  // namespace gsa::dbt
