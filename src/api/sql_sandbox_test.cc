#include "api/sql_sandbox.h"

#include <condition_variable>
#include <future>
#include <thread>

#include <boost/json.hpp>

#include "api/sandbox_fixture.h"

namespace gsa::api {
namespace {

using namespace std::chrono_literals;

TEST(SqlSandbox, AnswersWhatAnalystsAsk) {
  for (const char* sql :
       {"select user_tier, avg(friction_score) from fct_sessions group by all order by all",
        "from fct_sessions limit 5", "values (1, 'a'), (2, 'b')",
        "select count(*) filter (where status = 'success') / count(*) from fct_generations;",
        "with daily as (select session_date, count(*) as n from fct_sessions group by 1) "
        "select *, avg(n) over (order by session_date rows 6 preceding) from daily -- a week",
        "select s.session_id, g.status from fct_sessions as s join fct_generations as g "
        "using (session_id) where s.friction_score > 50 order by 1 limit 3",
        "select date_trunc('week', session_start) as week, quantile_cont(friction_score, 0.5) "
        "from main.fct_sessions group by 1",
        "select region, list(distinct device_type order by device_type) from dim_users group by 1",
        "select prompt_text ilike '%painting%', split_part(prompt_text, ' ', 2), "
        "replace(prompt_text, 'painting', 'drawing'), regexp_extract(prompt_text, '[0-9]+') "
        "from dim_prompts limit 3",
        "select unnest([1, 2, 3]) as x, range from range(3)",
        "select * from (pivot (select user_tier, region from dim_users) on region in ('asia', "
        "'europe') "
        "using count(*))",
        "select status, count(*) from ops.runs group by status",
        "select {'a': 1, 'b': [1, 2]}, map {'x': 1}, interval '1 day', current_date",
        "select extract(hour from session_start) as hour, * exclude (session_start) "
        "from fct_sessions limit 1",
        "select coalesce(user_name, 'nobody'), nullif(region, 'asia'), user_id::varchar || '!' "
        "from dim_users where user_id between 1 and 3 and region in ('asia', 'europe')",
        "select a.user_id from dim_users as a where exists (select 1 from fct_sessions as b where "
        "b.user_id = a.user_id) union all select 1 order by 1 limit 3",
        "select corr(friction_score, total_cost), regr_slope(friction_score, "
        "total_retries) from fct_sessions",
        "select row_number() over (partition by user_tier order by friction_score desc) as place, "
        "user_tier from fct_sessions qualify place <= 2",
        "with recursive t(n) as (select 1 union all select n + 1 from t where n < 5) "
        "select sum(n) from t"}) {
    try {
      run(sql);
    } catch (const ApiError& error) {
      ADD_FAILURE() << error.message() << ": " << sql;
    }
  }
}

TEST(SqlSandbox, LosesNothingOfAnyType) {
  EXPECT_EQ(rows_of("select true, 9007199254740991, 9007199254740992, -9007199254740992, "
                    "170141183460469231731687303715884105727, 18446744073709551615::ubigint, "
                    "12.3400::decimal(8, 4), -0.5::decimal(38, 10), 0.1::double, 0.1::float"),
            R"([[true,9007199254740991,"9007199254740992","-9007199254740992",)"
            R"("170141183460469231731687303715884105727","18446744073709551615",)"
            R"("12.3400","-0.5000000000",1E-1,1E-1]])");
  EXPECT_EQ(rows_of("select 'nan'::double, 'inf'::double, '-inf'::float, null, 'ä\"\\'"),
            R"([["NaN","Infinity","-Infinity",null,"ä\"\\"]])");
  EXPECT_EQ(
      rows_of("select date '2025-12-05', time '14:03:59.123456', "
              "timestamp '2025-12-05 14:03:59.123456', '2025-12-05 14:03:59+00'::timestamptz, "
              "interval '1 month 3 days', "
              "'11111111-2222-3333-4444-555555555555'::uuid, '\\x00\\xFFa'::blob"),
      R"([["2025-12-05","14:03:59.123456","2025-12-05 14:03:59.123456",)"
      R"("2025-12-05 14:03:59+00","1 month 3 days",)"
      R"("11111111-2222-3333-4444-555555555555","AP9h"]])");
  EXPECT_EQ(rows_of("select [1, null, 3], {'a': 1, 'b': [date '2025-01-01']}, "
                    "map {'x': 1.50::decimal(4, 2)}, [1, 2]::integer[2], []::integer[], "
                    "'101'::bit, union_value"
                    " from (select 1 as union_value)"),
            R"([[[1,null,3],{"a":1,"b":["2025-01-01"]},[["x","1.50"]],[1,2],[],"101",1]])");
  EXPECT_EQ(rows_of("select user_tier from dim_users where user_tier = 'free' limit 1"),
            R"([["free"]])");
}

TEST(SqlSandbox, NamesTheTypesOfColumns) {
  const auto answer = boost::json::parse(
      run("select 1 as a, 1.5::decimal(14, 4) as b, [date '2025-01-01'] as c, {'x': 'y'} as d, "
          "'1'::bit as e, user_tier from dim_users limit 1"));
  std::string types;
  for (const auto& column : answer.at("columns").as_array()) {
    types += fmt::format("{} {} {}; ", std::string(column.at("name").as_string()),
                         std::string(column.at("type").as_string()),
                         std::string(column.at("kind").as_string()));
  }
  EXPECT_EQ(
      types,
      "a INTEGER integer; b DECIMAL(14,4) decimal; c DATE[] list; d STRUCT(x VARCHAR) struct; "
      "e BIT other; user_tier ENUM('free', 'pro', 'enterprise') text; ");
}

TEST(SqlSandbox, CapsRowsAndBytes) {
  const auto rows = boost::json::parse(run("select range from range(10000000000)", 7));
  EXPECT_EQ(rows.at("rows").as_array().size(), 7);
  EXPECT_EQ(rows.at("truncated_by").as_string(), "rows");
  const auto exact = boost::json::parse(run("select range from range(7)", 7));
  EXPECT_FALSE(exact.at("truncated").as_bool());
  const auto bytes = boost::json::parse(
      run("select concat(range, '" + std::string(900, 'x') + "') from range(10000)", 10000));
  EXPECT_EQ(bytes.at("truncated_by").as_string(), "bytes");
  EXPECT_LT(bytes.at("rows").as_array().size(), 2000);
  EXPECT_EQ(outcome("select list(range) from range(1000000)"), "sql_error")
      << "a row that is too long by itself";
}

TEST(SqlSandbox, SaysWhereSqlIsWrong) {
  try {
    run("select 1,\n  frictoin_score from fct_sessions");
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.word(), "sql_error");
    EXPECT_EQ(error.line, 2);
    EXPECT_EQ(error.column, 3);
    EXPECT_NE(error.message().find("frictoin_score"), std::string::npos);
  }
  try {
    run("select * from fct_sesions");
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.word(), "sql_refused");
    EXPECT_EQ(error.hint(), "did you mean 'fct_sessions'?");
  }
  try {
    run("selec 1");
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.word(), "sql_error");
    EXPECT_EQ(error.line, 1);
  }
}

constexpr const char* kEndless = "select sum(hash(range)) from range(1000000000000)";

TEST(SqlSandbox, ThreadsCancelEachOthersQueries) {
  SqlSandbox own(Warehouse::instance().database(), pool_on_warehouse("two-queries"));
  const auto ask = [&](const std::string& id, const std::stop_token& stop) {
    return std::async(std::launch::async, [&own, id, stop] {
      try {
        own.run(boost::json::serialize(boost::json::object{{"sql", kEndless}, {"id", id}}), stop);
        return std::string("none");
      } catch (const ApiError& error) {
        return error.word();
      }
    });
  };
  std::stop_source gone;
  auto first = ask("q-1", {});
  auto second = ask("q-2", gone.get_token());
  // While fewer than two are running, a third is admitted.
  std::string third;
  for (int i = 0; i < 500 && third != "busy"; ++i) {
    std::this_thread::sleep_for(10ms);
    try {
      own.run(request_of("select 1"), {});
      third = "none";
    } catch (const ApiError& error) {
      third = error.word();
    }
  }
  EXPECT_EQ(third, "busy");
  gone.request_stop();
  EXPECT_EQ(second.get(), "sql_cancelled");
  own.cancel("q-1");
  EXPECT_EQ(first.get(), "sql_cancelled");
  EXPECT_THROW(own.cancel("q-1"), ApiError);
  EXPECT_NE(own.run(request_of("select 1"), {}).find("[[1]]"), std::string::npos);
}

TEST(SqlSandbox, RefusesRequestsThatAreNone) {
  for (const char* request :
       {"", "{}", R"({"sql": 7})", R"({"sql": "select 1", "limit": 0})",
        R"({"sql": "select 1", "limit": 10001})", R"({"sql": "select 1", "id": "a b"})",
        R"({"sql": "select 1", "x": 1})"}) {
    EXPECT_THROW(sandbox().run(request, {}), ApiError) << request;
  }
}

TEST(SqlSandbox, TellsWhatThereIsForCompletion) {
  const auto schema = boost::json::parse(sandbox().schema(
      [](const std::string& table, const std::string& column) { return table + "/" + column; }));
  bool found = false;
  for (const auto& table : schema.at("tables").as_array()) {
    if (table.at("name").as_string() != "fct_sessions") continue;
    found = true;
    EXPECT_EQ(table.at("schema").as_string(), "main");
    EXPECT_EQ(table.at("columns").at(0).at("name").as_string(), "session_id");
    EXPECT_EQ(table.at("columns").at(0).at("type").as_string(), "INTEGER");
    EXPECT_EQ(table.at("columns").at(0).at("description").as_string(), "fct_sessions/session_id");
  }
  EXPECT_TRUE(found);
  // DuckDB must have every listed function: a typo would refuse a function that should be allowed.
  duck::Connection connection = Warehouse::instance().connect();
  const duck::Result rows =
      connection.query("select distinct lower(function_name) from duckdb_functions()");
  std::set<std::string> known;
  for (std::size_t r = 0; r < rows.rows(); ++r) known.insert(rows.text(r, 0));
  for (const auto& name : schema.at("functions").as_array()) {
    EXPECT_TRUE(known.contains(std::string(name.as_string()))) << name;
  }
}

}  // namespace
}  // namespace gsa::api
