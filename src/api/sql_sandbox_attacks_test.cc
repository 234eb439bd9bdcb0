// What a query of the SQL page may try, and that it gets nowhere.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/sandbox_fixture.h"
#include "base/text.h"

namespace gsa::api {
namespace {

// What no query may change.
std::string fingerprint() {
  duck::Connection connection = Warehouse::instance().connect();
  std::string print;
  for (const char* sql :
       {"select count(*)::varchar || sum(hash(s))::varchar from fct_sessions as s",
        "select string_agg(schema_name || '.' || table_name, ',' order by all) from "
        "duckdb_tables()",
        "select string_agg(database_name || coalesce(path, ''), ',' order by database_name) from "
        "duckdb_databases()",
        "select string_agg(name || '=' || coalesce(value, ''), ',' order by name) from "
        "duckdb_settings() where name not in ('schema')",
        "select string_agg(extension_name || loaded, ',' order by extension_name) from "
        "duckdb_extensions()"}) {
    print += connection.query(sql).text(0, 0) + "\n";
  }
  for (const auto& entry : std::filesystem::directory_iterator(Warehouse::instance().folder())) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".tmp")) print += name + "\n";
  }
  return print;
}

std::string nested(std::size_t levels, const std::string& before, const std::string& core,
                   const std::string& after) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += before;
  text += core;
  for (std::size_t i = 0; i < levels; ++i) text += after;
  return text;
}

// Level after level of CTEs, each made of the one before: `step` has {0} for it.
std::string ctes(std::size_t levels, const std::string& first, const std::string& step) {
  std::string sql = "with c0 as (" + first + ")";
  for (std::size_t i = 1; i <= levels; ++i) {
    sql += fmt::format(", c{} as ({})", i, replace_all(step, "{0}", fmt::format("c{}", i - 1)));
  }
  return sql + fmt::format(" select count(*) from c{}", levels);
}

std::vector<std::string> writes() {
  return {"insert into fct_sessions select * from fct_sessions",
          "update dim_users set region = 'asia'",
          "delete from fct_sessions",
          "truncate fct_sessions",
          "drop table fct_sessions",
          "create table x (a int)",
          "create temp table x as select 1",
          "create view x as select 1",
          "create macro f(a) as a",
          "create or replace function f(a) as a",
          "create sequence s",
          "create schema x",
          "create type t as enum ('a')",
          "create index i on fct_sessions (session_id)",
          "alter table fct_sessions add column x int",
          "comment on table fct_sessions is 'x'",
          "merge into dim_users using dim_users as b on true when matched then delete",
          "insert into dim_users default values returning *",
          "with x as (insert into dim_users default values returning *) select * from x",
          "with x as (delete from fct_sessions returning *) select * from x",
          "with x as (select 1) insert into raw_users select * from x",
          "with recursive x as (update dim_users set region = 'asia' returning *) select * from x",
          "vacuum",
          "analyze",
          "checkpoint",
          "force checkpoint",
          "select checkpoint()",
          "select * from checkpoint()",
          "select * from force_checkpoint()"};
}

std::vector<std::string> files() {
  const std::string folder = Warehouse::instance().folder().string();
  std::vector<std::string> attempts;
  for (const char* sql :
       {"copy fct_sessions to '{}/out.csv'",
        "copy (select 1) to '{}/out.parquet'",
        "copy fct_sessions from '{}/in.csv'",
        "copy (select 1) to '{}/warehouse.duckdb'",
        "export database '{}/export'",
        "import database '{}/export'",
        "select * from '{}/secret.csv'",
        "from '{}/secret.csv'",
        "select * from \"{}/secret.csv\"",
        "select * from read_csv('{}/secret.csv')",
        "select * from read_csv_auto('{}/secret.csv')",
        "select * from read_text('{}/secret.csv')",
        "select * from read_blob('{}/warehouse.duckdb')",
        "select * from read_json('{}/secret.csv')",
        "select * from read_json_objects('{}/*')",
        "select * from read_ndjson('{}/secret.csv')",
        "select * from parquet_scan('{}/x.parquet')",
        "select * from read_parquet('{}/x.parquet')",
        "select * from parquet_metadata('{}/x')",
        "select * from glob('{}/*')",
        "select * from sniff_csv('{}/secret.csv')",
        "select * from read_duckdb('{}/warehouse.duckdb')",
        "select * from arrow_scan(1, 2, 3)",
        "select * from arrow_scan_dumb(1, 2, 3)",
        "select (select count(*) from read_csv('{}/secret.csv'))",
        "select * from fct_sessions where exists (select * from glob('{}/*'))",
        "with \"{}/secret.csv\" as (select 1) select * from \"{}/secret.csv\"",
        "from (with \"secret.csv\" as (select 1) from \"secret.csv\") as a, \"secret.csv\"",
        "from (values (1)) as t, lateral (select * from read_csv('{}/secret.csv'))",
        "select * from fct_sessions order by (select max(content) from read_text('{}/secret.csv'))",
        "select * from dim_users limit (select count(*) from glob('{}/*'))",
        "select count(*) filter (where exists (from glob('{}/*'))) from dim_users",
        "select sum(1) over (order by (select count(*) from glob('{}/*'))) from dim_users",
        "select case when true then (select content from read_text('{}/secret.csv')) end",
        "pivot (from read_csv('{}/secret.csv')) on x using count(*)",
        "select * from (pivot read_csv('{}/secret.csv') on x using count(*))",
        "attach '{}/other.duckdb' as other",
        "attach ':memory:' as other",
        "attach if not exists '{}/warehouse.duckdb' as again (read_only)",
        "detach warehouse",
        "use memory"}) {
    attempts.push_back(replace_all(sql, "{}", folder));
  }
  attempts.insert(
      attempts.end(),
      {"select * from '/etc/passwd'", "select * from read_text('/etc/passwd')",
       "select * from read_csv('/proc/self/environ')", "select * from 'https://example.com/x.csv'",
       "select * from read_csv('https://example.com/x.csv')",
       "select * from read_text('/var/../etc/passwd')", "from \"/etc/passwd\""});
  return attempts;
}

std::vector<std::string> functions() {
  return {"select getenv('HOME')",
          "select current_setting('memory_limit')",
          "select getvariable('x')",
          "select nextval('s')",
          "select currval('s')",
          "select * from duckdb_settings()",
          "select * from duckdb_secrets()",
          "select * from which_secret('a', 's3')",
          "select * from duckdb_functions()",
          "select * from duckdb_tables",
          "select * from duckdb_databases()",
          "select * from duckdb_logs",
          "select * from duckdb_temporary_files()",
          "select * from pragma_database_list",
          "select * from pragma_table_info('fct_sessions')",
          "select * from pragma_version()",
          "select * from information_schema.tables",
          "select * from pg_catalog.pg_tables",
          "select * from sqlite_master",
          "select * from system.information_schema.tables",
          "select * from temp.x",
          "select * from query('drop table fct_sessions')",
          "from query('select 1')",
          "select * from query_table('fct_sessions')",
          "from query_table(['/etc/passwd'])",
          "select * from json_execute_serialized_sql('{}')",
          "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
          "select json_serialize_sql('select 1')",
          "select json_deserialize_sql('{}')",
          "select enable_logging()",
          "call enable_logging()",
          "call disable_logging()",
          "select * from enable_profiling()",
          "select write_log('x')",
          "select * from sql_auto_complete('sel')",
          "select * from storage_info('fct_sessions')",
          "select * from seq_scan('fct_sessions')",
          "select * from repeat_row(1, num_rows = 3)",
          "select * from test_all_types()",
          "select * from summary(fct_sessions)",
          "select setseed(0.5)",
          "select txid_current()",
          "select main.read_text('/etc/passwd')",
          "select system.main.getenv('HOME')",
          "select \"getenv\"('HOME')",
          "select GETENV('HOME')",
          "select 'HOME'.getenv()",
          "select getenv /* x */ ('HOME')",
          "select list_transform(['HOME'], getenv)",
          "select list_transform(['HOME'], x -> getenv(x))",
          "select list_aggregate([1], 'sum')",
          "select [getenv(x) for x in ['HOME']]",
          "select reduce([1, 2], (a, b) -> a + b)",
          "select columns(c -> getenv(c) is null) from dim_users",
          "select sum(getenv('HOME')::int) over ()",
          "select getenv('HOME') over ()",
          "select 1 where getenv('HOME') is not null",
          "select * from range((select count(*) from glob('/*')))",
          "select * from range(getenv('HOME')::int)",
          "select * from unnest([getenv('HOME')])",
          "select * exclude (region) replace (getenv('HOME') as user_name) from dim_users",
          "select * from dim_users join fct_sessions on getenv('HOME') = ''",
          "select count(*) from dim_users group by getenv('HOME')",
          "select 1 having getenv('HOME') = ''",
          "select 1 qualify getenv('HOME') = ''",
          "select distinct on (getenv('HOME')) 1",
          "select 1 limit getenv('HOME')::int",
          "values (getenv('HOME'))",
          "select 1 union select getenv('HOME')",
          "select * from dim_users using sample reservoir(getenv('HOME') rows)",
          "select g\u200betenv('HOME')",
          "select \uff47etenv('HOME')"};
}

std::vector<std::string> statements() {
  return {"",
          ";",
          "-- nothing",
          "select 1; select 2",
          "select 1; drop table fct_sessions",
          "select 1;; select 2",
          "select 1 /* ; */; delete from fct_sessions --",
          "begin",
          "commit",
          "rollback",
          "begin; delete from fct_sessions; commit",
          "set memory_limit = '100GB'",
          "set global threads = 1",
          "reset memory_limit",
          "set variable x = 1",
          "pragma enable_profiling",
          "pragma database_list",
          "pragma memory_limit = '1GB'",
          "pragma table_info('fct_sessions')",
          "install httpfs",
          "load httpfs",
          "force install httpfs from 'https://example.com'",
          "load '/tmp/evil.duckdb_extension'",
          "create secret s (type s3)",
          "drop secret s",
          "prepare p as select 1",
          "execute p",
          "deallocate p",
          "select ?",
          "select $1",
          "select $name",
          "explain select 1",
          "explain analyze delete from fct_sessions",
          "describe fct_sessions",
          "summarize fct_sessions",
          "show tables",
          "show all tables",
          "select * from (describe fct_sessions)",
          "select * from (summarize fct_sessions)",
          "from (show databases)",
          "call pragma_version()",
          "kill 1",
          "select * from __gsa_new__fct_sessions",
          "select * from hidden.fct_sessions",
          "select * from memory.main.fct_sessions",
          "select 1 from fct_sessions at (version => 1)",
          std::string("select 1\0; drop table fct_sessions", 34),
          "select 1\xff",
          "select",
          "selec 1",
          "select * from",
          "\u00a0drop\u00a0table\u00a0fct_sessions",
          "sel/**/ect 1",
          "$$select 1$$",
          "'select 1'"};
}

std::vector<std::string> explosions() {
  const std::string text(9000, 'a');
  return {
      "select repeat('x', 1000000000)",
      "select lpad('x', 1000000000, 'y')",
      "select rpad('x', 1000000000, 'y')",
      "select printf('%1000000000d', 1)",
      "select format('{:1000000000}', 1)",
      "select range(1000000000)",
      "select generate_series(1, 1000000000)",
      "select list_resize([1], 1000000000, 2)",
      "select array_to_string([1], 'x')",
      "select bar(1, 0, 1, 1000000000)",
      "select hex(hex(hex('x')))",
      "select to_base64('x'::blob)",
      "select url_encode('%')",
      fmt::format("select replace('{0}', 'a', '{0}')", text),
      "select replace('aaaa', lower('A'), upper('bbb'))",
      "select replace(region, region, region) from dim_users",
      "select regexp_replace('aaaa', 'a', 'aaaa', 'g')",
      fmt::format("select '{}{}'", text, text),
      "select levenshtein(user_name, user_name) from dim_users",
      "select list_transform([1], x -> list_transform([1], y -> x + y))",
      "select json_object('a', 1)",
      "select list_zip([1], [2])",
      // The number of columns, members of structs and tables doubles with every level.
      ctes(30, "select 1 as a", "select *, * from {0}"),
      ctes(30, "select 1 as a", "select a.*, b.* from {0} as a, {0} as b"),
      ctes(30, "select 1 as a", "select a from {0} union all select a from {0}"),
      ctes(30, "select 1 as a", "select {'x': a, 'y': a} as a from {0}"),
      ctes(30, "select 1 as a", "select row(a, a) as a from {0}"),
      ctes(30, "select 1 as a", "select t as a, t as b from {0} as t"),
      ctes(30, "select 1 as a", "select {0} as a, {0} as b from {0}"),
      ctes(30, "select 1 as a, 2 as b",
           "select struct_pack(x := columns(*)) as a, struct_pack(y := columns(*)) as b from {0}"),
      ctes(30, "select 1 as a", "select (select a from {0}) + (select a from {0}) as a"),
      ctes(28, "select 'x' || range as s from range(1)", "select s || s as s from {0}") +
          " where length(s) > 0",
      nested(28, "select s + s as s from (", "select range as s from range(9)", ") as t") +
          " where s > 0",
      nested(30, "select *, * from (", "select 1 as a", ") as t"),
      nested(30, "select {'x': s, 'y': s} as s from (", "select 1 as s", ") as t"),
      nested(30, "select t as s, t as u from (", "select 1 as s", ") as t"),
      "select * from " + nested(1100, "", "dim_users", ", dim_users"),
  };
}

void expect_refused(const std::vector<std::string>& attempts) {
  const std::string before = fingerprint();
  for (const std::string& sql : attempts) {
    const std::string word = outcome(sql);
    EXPECT_TRUE(word == "sql_refused" || word == "sql_error" || word == "bad_request")
        << word << ": " << sql.substr(0, 200);
  }
  EXPECT_EQ(fingerprint(), before);
  EXPECT_EQ(rows_of("select 40 + 2"), "[[42]]") << "it no longer answers";
}

TEST(SqlSandbox, RefusesEveryWrite) { expect_refused(writes()); }

TEST(SqlSandbox, RefusesEveryFile) {
  std::ofstream(Warehouse::instance().folder() / "secret.csv") << "x\nsecret\n";
  expect_refused(files());
}

TEST(SqlSandbox, RefusesEveryFunctionThatIsNotKnownToBeHarmless) { expect_refused(functions()); }

TEST(SqlSandbox, RefusesWhateverIsNotOneSelect) { expect_refused(statements()); }

TEST(SqlSandbox, RefusesWhatGrowsWithoutBound) { expect_refused(explosions()); }

// Refused or answered, but never the end of the process.
TEST(SqlSandbox, LivesThroughDeepNesting) {
  const std::vector<std::string> attempts = {
      "select " + nested(40'000, "(", "1", ")"),
      "select " + nested(20'000, "(((", "1", ")"),
      "select " + nested(45'000, "- ", "1", ""),
      "select " + nested(24'000, "not ", "true", ""),
      "select 1" + nested(30'000, "+1", "", ""),
      "select " + nested(16'000, "abs(", "1", ")"),
      "select " + nested(45'000, "[", "1", "]"),
      "select " + nested(15'000, "{a:", "1", "}"),
      "select " + nested(5'000, "case when true then ", "1", " end"),
      "select " + nested(6'000, "(select ", "1", ")"),
      nested(6'000, "select * from (", "select 1", ")"),
      "select 1" + nested(5'000, " union all select 1", "", ""),
      "select 1" + nested(5'000, " union select 1", "", ""),
      "select 1" + nested(8'000, " or true", "", ""),
      nested(3'000, "with a as (", "select 1", ") select * from a"),
      "from " + nested(8'000, "(", "dim_users", ")"),
      "select a" + nested(30'000, ".a", "", ""),
      "select 1" + nested(12'000, "::int", "", ""),
      "select x" + nested(24'000, "[1]", "", ""),
      "/*" + nested(40'000, "/*", "", "*/") + "*/ select 1",
      "select 'a'" + nested(15'000, "||'a'", "", ""),
      "select 1 in (" + nested(30'000, "1,", "1", "") + ")",
      "select " + nested(30'000, "1,", "1", ""),
      std::string(100'000, '('),
      std::string(100'000, 'x'),
      "select \"" + std::string(90'000, 'x') + "\"",
      std::string(200'000, ' ') + "select 1",
  };
  for (const std::string& sql : attempts) {
    const auto begun = std::chrono::steady_clock::now();
    const std::string word = outcome(sql, hasty_sandbox());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    EXPECT_LT(seconds.count(), 20.0) << sql.substr(0, 60) << ": " << word;
  }
  EXPECT_EQ(rows_of("select 40 + 2"), "[[42]]");
}

TEST(SqlSandbox, StopsWhatNeverEnds) {
  for (const char* sql :
       {"with recursive t(n) as (select 1 union all select n + 1 from t) select max(n) from t",
        "with recursive t(n) as (select 1 union all select n % 2 from t) select count(*) from t",
        "select count(*) from range(10000000000) as a, range(10000000000) as b",
        "select sum(a.range * b.range) from range(100000000000) as a, range(2) as b",
        "select count(*) from fct_generations as a, fct_generations as b, fct_generations as c "
        "where a.prompt_id + b.prompt_id + c.prompt_id = -1",
        "select count(*) from generate_series(timestamp '2000-01-01', timestamp '290000-01-01', "
        "interval '1 second')"}) {
    const auto begun = std::chrono::steady_clock::now();
    const std::string word = outcome(sql, hasty_sandbox());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    EXPECT_TRUE(word == "sql_timeout" || word == "sql_out_of_memory") << word << ": " << sql;
    EXPECT_LT(seconds.count(), 20.0) << sql;
  }
  EXPECT_EQ(rows_of("select 40 + 2"), "[[42]]");
}

TEST(SqlSandbox, OutlivesQueriesThatAskForAllMemory) {
  for (const char* sql :
       {"select len(list(a.range)) from range(1000000000) as a",
        "select length(string_agg('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', '')) from range(1000000000)",
        "with recursive t(s) as (select 'x' union all select s || s from t) select max(length(s)) "
        "from t",
        "select count(*) from (select distinct a.range from range(100000000000) as a)",
        "select max(s) from (select sum(a.range) over (order by hash(a.range)) as s "
        "from range(1000000000) as a)"}) {
    const std::string word = outcome(sql, hasty_sandbox());
    EXPECT_TRUE(word == "sql_timeout" || word == "sql_out_of_memory") << word << ": " << sql;
  }
  EXPECT_EQ(rows_of("select 40 + 2"), "[[42]]");
}

TEST(SqlSandbox, IsHeldByDuckDbAsWell) {
  // Layer 3 without layer 1: what a query could write if it were let through.
  duck::Connection connection = Warehouse::instance().connect();
  connection.execute("begin transaction read only");
  EXPECT_THROW(connection.execute("delete from fct_sessions"), duck::SqlError);
}

}  // namespace
}  // namespace gsa::api
