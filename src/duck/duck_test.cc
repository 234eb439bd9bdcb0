#include <atomic>
#include <cstdlib>
#include <ctime>
#include <set>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "duck/database.h"
#include "duck/function.h"
#include "duck/relation_list.h"

namespace gsa::duck {
namespace {

Connection memory() { return Database({}).connect(); }

TEST(Result, ReadsListsOfTexts) {
  const Result rows = memory().query(
      "select * from (values (['a, b', null]), ([]), (null::varchar[]), (['c'])) as t(v)");
  EXPECT_EQ(rows.texts(0, 0), (std::vector<std::string>{"a, b", ""}));
  EXPECT_TRUE(rows.texts(1, 0).empty());
  EXPECT_TRUE(rows.texts(2, 0).empty());
  EXPECT_EQ(rows.texts(3, 0), std::vector<std::string>{"c"});
}

TEST(RelationList, HasTheTablesAndViewsOfTheDatabaseViewsFirst) {
  Connection connection = memory();
  connection.execute(
      "create schema s; create table s.\"T\" as from range(3); create view v as select 1; "
      "create temporary table gone as select 1; attach ':memory:' as other; "
      "create table other.t as select 1");
  const auto named = [&](Databases databases) {
    std::string names;
    for (const ListedRelation& relation : list_relations(connection, databases)) {
      names += relation.database + "." + relation.schema + "." + relation.name +
               (relation.is_view ? " is a view\n" : "\n");
    }
    return names;
  };
  EXPECT_EQ(named(Databases::current), "memory.main.v is a view\nmemory.s.T\n");
  EXPECT_NE(named(Databases::all).find("other.main.t\n"), std::string::npos);
  EXPECT_EQ(named(Databases::all).find("gone"), std::string::npos);
  EXPECT_EQ(list_relations(connection).back().rows, 3);
}

TEST(Result, ReadsEveryIntegerTypeBooleansAndDecimals) {
  Result row = memory().query(
      "select 1::tinyint, 2::ubigint, -3::hugeint, true, 12.50::decimal(9,2), 'é', null::integer");
  EXPECT_EQ(row.int64(0, 0), 1);
  EXPECT_EQ(row.int64(0, 1), 2);
  EXPECT_EQ(row.int64(0, 2), -3);
  EXPECT_EQ(row.int64(0, 3), 1);
  EXPECT_DOUBLE_EQ(row.float64(0, 4), 12.5);
  EXPECT_EQ(row.text(0, 5), "é");
  EXPECT_TRUE(row.is_null(0, 6));
}

TEST(Result, FindsRowsAcrossChunks) {
  Result result = memory().query("select range from range(5000)");
  ASSERT_EQ(result.rows(), 5000u);
  EXPECT_EQ(result.int64(2047, 0), 2047);
  EXPECT_EQ(result.int64(2048, 0), 2048);
  EXPECT_EQ(result.int64(4999, 0), 4999);
}

using Entries = std::map<std::string, std::string>;

TEST(Result, ReadsMaps) {
  const Result result = memory().query(
      "select map {'a': 'x' || range, 'b': null} as m, if(range = 1, null, map {'c': 'y'}) as n, "
      "map([]::varchar[], []::varchar[]) as none from range(3000)");
  EXPECT_EQ(result.map(0, 0), (Entries{{"a", "x0"}, {"b", ""}}));
  EXPECT_EQ(result.map(2999, 0), (Entries{{"a", "x2999"}, {"b", ""}}));
  EXPECT_EQ(result.map(0, 1), (Entries{{"c", "y"}}));
  EXPECT_EQ(result.map(1, 1), Entries{});
  EXPECT_EQ(result.map(7, 2), Entries{});
}

TEST(Connection, KnowsItsTables) {
  Connection connection = memory();
  connection.execute("create schema s; create table s.t (i int); create view s.v as from s.t");
  EXPECT_TRUE(connection.has_table("s", "t"));
  EXPECT_TRUE(connection.has_table("S", "T"));
  EXPECT_FALSE(connection.has_table("s", "v"));
  EXPECT_FALSE(connection.has_table("s", "missing"));
  EXPECT_FALSE(connection.has_table("main", "t"));
  EXPECT_FALSE(connection.has_table("missing", "t"));
}

TEST(Connection, TakesTimesWithoutAZoneForUtcWhereverItRuns) {
  setenv("TZ", "America/New_York", 1);
  tzset();
  Connection connection = memory();
  unsetenv("TZ");
  tzset();
  EXPECT_EQ(connection.query_int64("select epoch_us(timestamptz '1970-01-01 00:00:01')"),
            1'000'000);
  EXPECT_EQ(connection.query("select (timestamptz '2022-08-11 12:00:00+02')::varchar").text(0, 0),
            "2022-08-11 10:00:00+00");
}

TEST(SqlError, GivesKindLineAndColumn) {
  try {
    memory().query("select\n  1 +\n  nonsense_column\n");
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.kind(), SqlErrorKind::binder);
    EXPECT_EQ(error.line(), 3);
    EXPECT_EQ(error.column(), 3);
    EXPECT_EQ(error.summary().find("Binder"), std::string::npos);
  }
}

TEST(Connection, InspectsAStatementWithoutRunningIt) {
  Connection connection = memory();
  const StatementInfo info = connection.inspect("select 1.5 as a, 'x' as b, error('never') as c");
  EXPECT_TRUE(info.is_select);
  ASSERT_EQ(info.columns.size(), 3u);
  EXPECT_EQ(info.columns[0].name, "a");
  EXPECT_TRUE(info.columns[0].is_number);
  EXPECT_FALSE(info.columns[1].is_number);
  EXPECT_TRUE(connection.inspect("show tables").is_select);
  EXPECT_FALSE(connection.inspect("create table t (i integer)").is_select);
}

TEST(Connection, StreamsRowsAsTextInOrderAndStopsOnRequest) {
  Connection connection = memory();
  std::vector<std::string> seen;
  const std::int64_t given =
      connection.stream_text("select range, null from range(100000) order by range desc",
                             [&](const Connection::TextRow& row) {
                               EXPECT_FALSE(row[1]);
                               seen.emplace_back(*row[0]);
                               return seen.size() < 3;
                             });
  EXPECT_EQ(given, 3);
  EXPECT_EQ(seen, (std::vector<std::string>{"99999", "99998", "99997"}));
}

TEST(Connection, ReportsAnErrorInTheMiddleOfAStream) {
  Connection connection = memory();
  EXPECT_THROW(
      connection.stream_text("select case when range = 90000 then error('late') else 1 end "
                             "from range(100000)",
                             [](const Connection::TextRow&) { return true; }),
      SqlError);
}

TEST(Connection, SaysWhatFailedThoughItsOtherThreadsWereStoppedParallel) {
  DatabaseOptions options;
  options.threads = 4;
  Connection connection = Database(options).connect();
  const std::string failing =
      "select case when range = 90000 then error('late') else '1' end as v from range(100000)";
  for (int i = 0; i < 400; ++i) {
    try {
      if (i % 4 != 0) {
        connection.stream_text(failing, [](const Connection::TextRow&) { return true; });
      } else {
        connection.query("create or replace table t as " + failing);
      }
      ADD_FAILURE() << "it did not fail";
    } catch (const SqlError& error) {
      EXPECT_NE(error.kind(), SqlErrorKind::interrupted) << i;
      EXPECT_NE(error.message().find("late"), std::string::npos) << i << ": " << error.message();
    }
  }
}

TEST(Connection, InterruptEndsARunningQuery) {
  Connection connection = memory();
  std::atomic<bool> done = false;
  std::thread other([&] {
    while (!done) {
      connection.interrupt();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  try {
    connection.query(
        "select count(*) from range(100000) a, range(100000) b where a.range % 3 = b.range % 7");
    ADD_FAILURE() << "the query came to its end";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.kind(), SqlErrorKind::interrupted);
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
  done = true;
  other.join();
}

ScalarFunction divide() {
  return {"gsa_divide",
          {Type::of(TypeId::bigint), Type::of(TypeId::bigint)},
          Type::structure({{"quotient", Type::decimal(12, 4)},
                           {"sign", Type::enumeration({"plus", "minus"})},
                           {"words", Type::of(TypeId::varchar)}}),
          [](const Arguments& in, Output& out) {
            Output quotient = out.member(0), sign = out.member(1), words = out.member(2);
            for (std::size_t r = 0; r < in.rows(); ++r) {
              const auto a = in.column<std::int64_t>(0)[r], b = in.column<std::int64_t>(1)[r];
              if (b == 0) throw Error("division by zero");
              quotient.data<std::int64_t>()[r] = a * 10000 / b;
              sign.data<std::uint8_t>()[r] = (a < 0) != (b < 0) ? 1 : 0;
              words.set_text(r, std::to_string(a) + " by " + std::to_string(b));
            }
          }};
}

TEST(ScalarFunction, ReturnsAStructOfDecimalEnumAndText) {
  Connection connection = memory();
  register_function(connection, divide());
  Result rows = connection.query(
      "select d.quotient, d.sign::varchar, d.words from (select gsa_divide(range, 2) as d "
      "from range(-3, 10000)) where d.words = '-3 by 2'");
  ASSERT_EQ(rows.rows(), 1u);
  EXPECT_DOUBLE_EQ(rows.float64(0, 0), -1.5);
  EXPECT_EQ(rows.text(0, 1), "minus");
}

TEST(ScalarFunction, AnExceptionBecomesAnSqlError) {
  Connection connection = memory();
  register_function(connection, divide());
  try {
    connection.query("select gsa_divide(range, 0) from range(10)");
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_NE(error.message().find("division by zero"), std::string::npos);
  }
}

// If DuckDB itself throws while a function writes its output, DuckDB reports the error as JSON.
TEST(ScalarFunction, AnExceptionOfDuckDbsOwnIsToldAsAnyOther) {
  Connection connection = memory();
  ScalarFunction function = divide();
  function.call = [](const Arguments&, Output&) {
    throw std::runtime_error(
        R"({"exception_type":"Out of Memory","exception_message":"no \"room\"\n\nPossible solutions:\n* SET x"})");
  };
  register_function(connection, std::move(function));
  try {
    connection.query("select gsa_divide(range, 1) from range(10)");
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.kind(), SqlErrorKind::out_of_memory);
    EXPECT_EQ(error.message(), "no \"room\"");
    EXPECT_EQ(error.hint(), "allow more memory with --memory-limit, or use fewer --threads");
  }
}

}  // namespace
}  // namespace gsa::duck
