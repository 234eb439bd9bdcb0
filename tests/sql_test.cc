// gsa sql: formats, statements, errors, and that it never writes.

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include "golden.h"

namespace gsa::tests {
namespace {

using Arguments = std::vector<std::string>;

class Sql : public testing::Test {
 protected:
  Sql() : warehouse_(copy_small_warehouse(folder_)) {}

  Outcome sql(const std::string& query, const Arguments& more = {}) {
    Arguments arguments = {"sql", query};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Outcome outcome = gsa(folder_, arguments);
    transcripts_ += transcript(folder_, arguments, outcome);
    return outcome;
  }

  TempFolder folder_;
  std::string warehouse_;
  std::string transcripts_;
};

constexpr const char* kTypes = R"(select
    true as yes, 1::utinyint as small, 12345678901234567890123::hugeint as huge,
    1.50::decimal(5, 2) as exact, 0.1::double as inexact, 'nan'::double as nan,
    '-infinity'::float as infinite, null::integer as missing, '' as empty, 'plain' as plain,
    'a "quoted", text' as quoted, E'two\nlines' as lines, ' blanks ' as blanks,
    'bar | and NaN' as bar, 'naïve 猫 🐈' as wide, date '2025-12-31' as day,
    timestamp '2025-12-31 23:59:59.000001' as moment, time '12:30:00' as clock,
    interval 90 minute as span, [1, null, 3] as list, {'k': 'v, "w"', 'n': [0.5, 'inf'::double]} as
    struct_, map {'a': 1} as map_, 'pro'::enum('free', 'pro') as tier, '\xAA'::blob as bytes,
    1 as twice, 2 as twice)";

TEST_F(Sql, WritesEveryTypeInEveryFormat) {
  for (const char* format : {"table", "csv", "json", "jsonl", "markdown"}) {
    EXPECT_EQ(sql(kTypes, {"--format", format}).exit_code, 0) << format;
  }
  expect_golden("sql_formats.txt", transcripts_);
}

TEST_F(Sql, WritesEmptyResultsInEveryFormat) {
  for (const char* format : {"table", "csv", "json", "jsonl", "markdown"}) {
    EXPECT_EQ(sql("select 1 as a, 'x' as b where false", {"--format", format}).exit_code, 0);
  }
  expect_golden("sql_empty.txt", transcripts_);
}

TEST_F(Sql, TakesAllKindsOfStatements) {
  for (const char* query :
       {"select 1 as one;", "select 1 as one; -- the end", "/* first; */ select 1 as one;;",
        "create temp table t as select 42 as i; select * from t",
        "set threads = 1; select 1 as one", "values (1, 'a'), (2, 'b')",
        "from dim_users select count(*) as users", "show tables", "describe ops.published",
        "select count(*) as columns from (describe fct_sessions)",
        "with t as (select 1 as a) select * from t -- comment",
        "pivot dim_users on user_tier using count(*) group by device_type order by all",
        "explain select 42", "pragma table_info('ops.published')", "select 1 as \"a b;\"",
        "select 'it''s; fine' as text, $$;$$ as dollars"}) {
    EXPECT_EQ(sql(query).exit_code, 0) << query;
  }
  expect_golden("sql_statements.txt", transcripts_);
  EXPECT_TRUE(contains(sql("summarize dim_users").out, "approx_unique"));
}

TEST_F(Sql, ExplainsErrors) {
  for (const char* query :
       {"selec 1", "select", "select 'abc", "select friction from fct_sessions",
        "select * from fct_sesions", "select\n  1,\n  uper('a')\n", "select cast('a' as integer)",
        "select 1;\nselect 2;\nselect foo", "select sum(user_tier) from dim_users", "select ?",
        "select error('told to')", "select * from read_csv('nowhere.csv')"}) {
    const Outcome outcome = sql(query);
    EXPECT_EQ(outcome.exit_code, 1) << query;
    EXPECT_TRUE(outcome.err.starts_with("error: ")) << outcome.err;
  }
  for (const char* format : {"csv", "json"}) {
    sql("select 1 as a,\n  cast(user_tier as integer) as b from dim_users", {"--format", format});
  }
  sql("select cast('a' as integer) as a", {"--format", "parquet", "-o", "x.parquet"});
  sql("explain select 1", {"--format", "json"});
  sql("select 1", {"--output", "nowhere/x.csv"});
  sql("select 1", {"--output", "data/warehouse.duckdb"});
  EXPECT_EQ(gsa(folder_, {"sql", "-f", "nowhere.sql"}).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.parquet"));
  expect_golden("sql_errors.txt", transcripts_);
}

TEST_F(Sql, LeavesTheWarehouseAsItIs) {
  const std::string before = read_file(warehouse_);
  for (const char* query :
       {"insert into raw_users select * from raw_users",
        "update raw_users set user_id = 1",
        "delete from raw_users",
        "truncate raw_users",
        "drop table raw_users",
        "drop view stg_users",
        "create table x as select 1",
        "create view x as select 1",
        "create schema x",
        "alter table raw_users add column x integer",
        "create or replace table raw_users as select 1",
        "create index i on raw_users(user_id)",
        "create sequence s",
        "create type t as enum ('a')",
        "create macro m() as 1",
        "comment on table raw_users is 'x'",
        "copy raw_users from 'x.csv'",
        "copy (select 1) to 'data/warehouse.duckdb'",
        "explain analyze copy (select 1) to 'data/warehouse.duckdb'",
        "prepare p as copy (select 1) to 'data/warehouse.duckdb'; execute p",
        "attach 'data/warehouse.duckdb' as w; delete from w.raw_users",
        "attach 'data/warehouse.duckdb' as w (read_write); delete from w.raw_users",
        "select 1; delete from raw_users; select 2"}) {
    const Outcome outcome = sql(query);
    EXPECT_EQ(outcome.exit_code, 1) << query;
    EXPECT_EQ(outcome.out, "") << query;
  }
  for (const char* query : {"checkpoint", "vacuum", "begin; select 1; commit"}) sql(query);
  EXPECT_TRUE(read_file(warehouse_) == before);
  EXPECT_FALSE(std::filesystem::exists(warehouse_ + ".wal"));
  expect_golden("sql_writes.txt", transcripts_);
}

TEST_F(Sql, ReadsFilesAndStandardInput) {
  folder_.write("q.sql", "-- users by tier\nselect count(*) as users\nfrom dim_users;\n");
  const std::string expected = "users\n100\n";
  EXPECT_EQ(gsa(folder_, {"sql", "-f", "q.sql", "--format", "csv"}).out, expected);
  EXPECT_EQ(gsa(folder_, {"sql", "--file", folder_ / "q.sql", "--format", "csv"}).out, expected);
  const std::string query = folder_ / "q.sql";
  GsaProcess piped({"sql", "-f", "-", "--format", "csv"},
                   {folder_.path(), {}, [&query] { dup2(open(query.c_str(), O_RDONLY), 0); }});
  EXPECT_EQ(piped.wait().out, expected);
}

TEST_F(Sql, WritesFilesWholeOrNotAtAll) {
  for (const char* format : {"csv", "json", "jsonl", "markdown", "table", "parquet"}) {
    const std::string name = std::string("out.") + format;
    const Outcome made = sql("select user_id, user_tier from dim_users order by 1",
                             {"--format", format, "-o", name});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    EXPECT_EQ(made.out, "");
    EXPECT_TRUE(std::filesystem::exists(folder_ / name));
  }
  EXPECT_EQ(
      sql("select count(*) as n, sum(user_id) as s from 'out.parquet'", {"--format", "csv"}).out,
      "n,s\n100,4950\n");
  EXPECT_EQ(sql("select count(*) as n, sum(user_id) as s from 'out.csv'", {"--format", "csv"}).out,
            "n,s\n100,4950\n");
  const std::string before = read_file(folder_ / "out.csv");
  EXPECT_EQ(sql("select case when range = 90000 then error('late') else '1' end from range(100000)",
                {"--format", "csv", "-o", "out.csv"})
                .exit_code,
            1);
  EXPECT_EQ(read_file(folder_ / "out.csv"), before);
  for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_FALSE(contains(file.path().string(), ".part")) << file.path();
  }
}

TEST_F(Sql, StreamsLargeResults) {
  constexpr std::int64_t kMost = 300'000'000;
  const std::string query = "select range as i, range * 7 as j from range(10000000)";
  const Outcome made = sql(query, {"--format", "csv", "-o", "big.csv"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_LT(made.peak_bytes, kMost);
  EXPECT_GT(std::filesystem::file_size(folder_ / "big.csv"), 160'000'000u);
}

TEST_F(Sql, EndsQuietlyWhenItsReaderHasEnough) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const int out = ends[1];
  GsaProcess process({"sql", "from range(100000000)", "--format", "csv"},
                     {folder_.path(), {}, [out] { dup2(out, 1); }});
  close(ends[1]);
  char first[16];
  EXPECT_GT(read(ends[0], first, sizeof first), 0);
  close(ends[0]);
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 128 + SIGPIPE) << outcome.exit_code;
}

TEST_F(Sql, SaysThatTheDiskIsFull) {
  const Outcome full =
      GsaProcess({"sql", "from range(1000000)", "--format", "csv"},
                 {folder_.path(), {}, [] { dup2(open("/dev/full", O_WRONLY), 1); }})
          .wait();
  EXPECT_EQ(full.exit_code, 1);
  EXPECT_EQ(full.err, "error: cannot write the result: No space left on device\n");
}

}  // namespace
}  // namespace gsa::tests
