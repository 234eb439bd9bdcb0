// Attacks by queries of the SQL page, none of which may succeed.

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

// The state that no query may change.
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

// Functions that read files or memory, execute SQL from texts, or change or reveal the process.
std::vector<std::string> functions() {
  return {"select getenv('HOME')",
          "select current_setting('memory_limit')",
          "select nextval('s')",
          "select currval('s')",
          "select * from duckdb_settings()",
          "select * from duckdb_settings",
          "select * from main.duckdb_settings",
          "select * from system.main.duckdb_settings",
          "select * from pg_settings",
          "select * from pg_catalog.pg_settings",
          "select * from duckdb_secrets()",
          "select * from which_secret('a', 's3')",
          "select * from duckdb_databases()",
          "select * from duckdb_databases",
          "select * from duckdb_temporary_files()",
          "select * from duckdb_extensions()",
          "select * from duckdb_external_file_cache()",
          "select * from pragma_database_list",
          "with duckdb_databases as (select 1) select * from duckdb_databases",
          "from (with duckdb_databases as (select 1) from duckdb_databases), duckdb_databases",
          "select * from temp.x",
          "select * from query('drop table fct_sessions')",
          "from query('select 1')",
          "select * from query_table('fct_sessions')",
          "from query_table(['/etc/passwd'])",
          "select * from json_execute_serialized_sql('{}')",
          "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
          "select enable_logging()",
          "from enable_logging()",
          "call enable_logging()",
          "call disable_logging()",
          "select * from enable_profiling()",
          "from disable_profiling()",
          "from enable_peg_parser()",
          "from truncate_duckdb_logs()",
          "select write_log('x')",
          "select * from sql_auto_complete('sel')",
          "select * from arrow_scan_dumb(1, 2, 3)",
          "select main.read_text('/etc/passwd')",
          "from main.read_text('/etc/passwd')",
          "from system.main.read_text('/etc/passwd')",
          "from \"read_text\"('/etc/passwd')",
          "from READ_TEXT('/etc/passwd')",
          "from read_text /* x */ ('/etc/passwd')",
          "select system.main.getenv('HOME')",
          "select \"getenv\"('HOME')",
          "select GETENV('HOME')",
          "select 'HOME'.getenv()",
          "select 'memory_limit'.current_setting()",
          "select getenv /* x */ ('HOME')",
          "select list_transform(['HOME'], getenv)",
          "select list_transform(['HOME'], x -> getenv(x))",
          "select list_transform(['memory_limit'], x -> current_setting(x))",
          "select [current_setting(x) for x in ['memory_limit']]",
          "select list_aggregate(['memory_limit'], 'current_setting')",
          "select columns(c -> current_setting(c) is null) from dim_users",
          "select sum(getenv('HOME')::int) over ()",
          "select current_setting('memory_limit') over ()",
          "select 1 where current_setting('memory_limit') is not null",
          "select * from range((select count(*) from glob('/*')))",
          "select * from range(getenv('HOME')::int)",
          "select * from unnest([current_setting('memory_limit')])",
          "select * replace (current_setting('threads') as user_name) from dim_users",
          "select * from dim_users join fct_sessions on current_setting('threads') = ''",
          "select count(*) from dim_users group by current_setting('threads')",
          "select 1 having current_setting('threads') = ''",
          "select 1 qualify current_setting('threads') = ''",
          "select distinct on (current_setting('threads')) 1",
          "select 1 limit current_setting('threads')::int",
          "values (current_setting('threads'))",
          "select 1 union select current_setting('threads')",
          "describe from read_csv('/etc/passwd')",
          "summarize from read_csv('/etc/passwd')",
          "describe '/etc/passwd'",
          "summarize '/etc/passwd'",
          "select g\u200betenv('HOME')",
          "select \uff47etenv('HOME')"};
}

// Harmless functions of every kind.
std::vector<std::string> harmless() {
  return {
      "select getvariable('x')",
      "select * from duckdb_functions() limit 1",
      "select * from duckdb_tables",
      "select * from duckdb_columns()",
      "select * from duckdb_views() limit 1",
      "select * from duckdb_types() limit 1",
      "select * from duckdb_memory()",
      "select * from duckdb_logs",
      "select * from pragma_table_info('fct_sessions')",
      "select * from pragma_version()",
      "select * from information_schema.tables",
      "select * from information_schema.columns limit 1",
      "select * from pg_catalog.pg_tables",
      "select * from sqlite_master",
      "select * from system.information_schema.tables",
      "select json_serialize_sql('select 1')",
      "select * from repeat_row(1, num_rows = 3)",
      "select * from test_all_types()",
      "select setseed(0.5), random() < 1",
      "select txid_current()",
      "select list_aggregate([1], 'sum')",
      "select list_transform([1, 2], x -> x + 1), list_filter([1, 2], x -> x > 1)",
      "select [x + 1 for x in [1, 2] if x > 1]",
      "select reduce([1, 2], (a, b) -> a + b)",
      "select columns(c -> c like 'user%') from dim_users limit 1",
      "select repeat('ab', 3), lpad('x', 3, 'y'), printf('%d', 1), format('{:04d}', 7)",
      "select range(3), generate_series(1, 3), list_zip([1], [2]), hex('x'), to_base64('x'::blob)",
      "select levenshtein('ab', 'ba'), jaccard('ab', 'ba'), regexp_replace('aa', 'a', 'b', 'g')",
      "select json_object('a', 1), to_json([1]), array_to_string([1], 'x'), bar(1, 0, 2, 10)",
      "select replace(region, 'a', 'aaaa') from dim_users limit 1",
      "select histogram(friction_score) from fct_sessions",
      "from histogram_values(fct_sessions, friction_score, bin_count := 3)",
      "from json_each('{\"a\": 1}')",
      "describe fct_sessions",
      "summarize dim_users",
      "show tables",
      "select * from (describe fct_sessions)",
      "select * from (summarize dim_users)",
      "with \"Q1 (2025)\" as (select 1) from \"Q1 (2025)\"",
      "pivot dim_users on region in ('asia', 'europe') using count(*)",
      "from dim_users using sample 10 rows",
      "from fct_sessions as a asof join fct_sessions as b on a.session_start > b.session_start",
      fmt::format("select length('{}')", std::string(50'000, 'a'))};
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

void expect_refused(const std::vector<std::string>& attempts) {
  rows_of("select 1");  // makes the snapshot
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

TEST(SqlSandbox, RefusesFunctionsThatDoMoreThanRead) { expect_refused(functions()); }

TEST(SqlSandbox, TakesWhateverReadsNoFile) {
  for (const std::string& sql : harmless()) {
    try {
      run(sql);
    } catch (const ApiError& error) {
      ADD_FAILURE() << error.message() << ": " << sql.substr(0, 200);
    }
  }
}

TEST(SqlSandbox, SaysWhatIsNotAllowed) {
  const auto message = [](const std::string& sql) -> std::string {
    try {
      return run(sql);
    } catch (const ApiError& error) {
      return error.message();
    }
  };
  EXPECT_EQ(message("from read_csv('x.csv')"),
            "read_csv() reads files, but a query may read only tables here");
  EXPECT_EQ(message("from 'x.csv'"),
            "'x.csv' looks like a file, but a query may read only tables here");
  EXPECT_EQ(message("from enable_logging()"),
            "enable_logging() changes the database, but a query may only read here");
  EXPECT_EQ(message("from other.main.t"), "only one database can be read here, not 'other'");
  EXPECT_EQ(message("delete from fct_sessions"), "only SELECT is allowed here");
  EXPECT_EQ(message("pivot dim_users on region using count(*)"),
            "PIVOT must list the values that become columns here");
  EXPECT_EQ(message("select 1; select 2"), "only one query is allowed at a time");
}

// For systems that cannot confine a process.
TEST(SqlSandbox, FallsBackToAListOfHarmlessFunctions) {
  SqlSandbox strict(Warehouse::instance().database(),
                    pool_on_warehouse("strict", sandbox::Rules::strict, 1));
  EXPECT_EQ(outcome("select count(*), lower('A') from fct_sessions", strict), "none");
  for (const char* sql : {"select * from duckdb_tables", "select repeat('a', 3)", "from glob('*')",
                          "select * from information_schema.tables", "from test_all_types()"}) {
    EXPECT_EQ(outcome(sql, strict), "sql_refused") << sql;
  }
}

TEST(SqlSandbox, RefusesWhateverIsNotOneSelect) { expect_refused(statements()); }

// A query may be refused or answered, but must never end the process.
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
    EXPECT_LT(seconds.count(), 0.7 + 0.3) << sql.substr(0, 60) << ": " << word;
  }
  EXPECT_EQ(rows_of("select 40 + 2"), "[[42]]");
}

TEST(SqlSandbox, IsHeldByDuckDbAsWell) {
  // Layer 3 without layer 1: the read-only transaction stops writes that the checks let through.
  duck::Connection connection = Warehouse::instance().connect();
  connection.execute("begin transaction read only");
  EXPECT_THROW(connection.execute("delete from fct_sessions"), duck::SqlError);
}

}  // namespace
}  // namespace gsa::api
