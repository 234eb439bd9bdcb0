// Talks to a real Trino, if GSA_TRINO_URL names one ("http://127.0.0.1:8080"). It needs only the
// catalog `system`.

#include <stop_token>
#include <thread>

#include <boost/json/serialize.hpp>

#include "base/environment.h"
#include "base/text.h"
#include "trino/trino_fixture.h"

namespace gsa::trino {
namespace {

class RealTrinoTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string url = Environment().text("GSA_TRINO_URL");
    if (url.empty()) GTEST_SKIP() << "GSA_TRINO_URL names no Trino";
    settings_.https = url.starts_with("https:");
    const std::string place = url.substr(url.find("://") + 3);
    settings_.host = place.substr(0, place.find(':'));
    settings_.port = std::stoi(place.substr(place.find(':') + 1));
    settings_.user = "gsa_test";
    client_ = std::make_unique<Client>(settings_);
  }

  std::string rows(const std::string& sql) {
    std::string text;
    for (const Row& row : client_->fetch(sql).rows) text += boost::json::serialize(row);
    return text;
  }
  // The state of a query, once Trino has settled it.
  std::string state_of(const std::string& query_id) {
    std::string state;
    for (int i = 0; i < 50; ++i) {
      state =
          rows("select state from system.runtime.queries where query_id = " + sql_quote(query_id));
      if (state == R"(["FAILED"])" || state == R"(["FINISHED"])") return state;
      std::this_thread::sleep_for(Millis(100));
    }
    return state;
  }

  ConnectionSettings settings_;
  std::unique_ptr<Client> client_;
};

// Runs for minutes: a trillion pairs.
const std::string kLongQuery =
    "select count(*) from unnest(sequence(1, 10000)) a(x), unnest(sequence(1, 10000)) b(y), "
    "unnest(sequence(1, 10000)) c(z) where (x * y + z) % 7 = 3";

TEST_F(RealTrinoTest, GivesEveryTypeExactly) {
  const std::vector<std::array<std::string, 3>> cases = {
      {"bigint '9223372036854775807'", "bigint", "9223372036854775807"},
      {"bigint '-9223372036854775808'", "bigint", "-9223372036854775808"},
      {"integer '-2147483648'", "integer", "-2147483648"},
      {"smallint '-1'", "smallint", "-1"},
      {"tinyint '1'", "tinyint", "1"},
      {"true", "boolean", "true"},
      {"null", "unknown", "null"},
      {"decimal '12345678901234567890.123456789'", "decimal(29, 9)",
       "\"12345678901234567890.123456789\""},
      {"decimal '-0.10'", "decimal(2, 2)", "\"-0.10\""},
      {"double '0.30000000000000004'", "double", "3.0000000000000004E-1"},
      {"double '5e-324'", "double", "5E-324"},
      {"double '1.7976931348623157e308'", "double", "1.7976931348623157E308"},
      {"nan()", "double", "\"NaN\""},
      {"infinity()", "double", "\"Infinity\""},
      {"-infinity()", "double", "\"-Infinity\""},
      {"real '0.5'", "real", "5E-1"},
      {"varchar 'it''s \"ä\" 語 😀'", "varchar", "\"it's \\\"ä\\\" 語 😀\""},
      {"char 'ab'", "char(2)", "\"ab\""},
      {"x'00ff'", "varbinary", "\"AP8=\""},
      {"date '2024-02-29'", "date", "\"2024-02-29\""},
      {"time '01:02:03.456'", "time(3)", "\"01:02:03.456\""},
      {"timestamp '2024-02-29 01:02:03.123456'", "timestamp(6)", "\"2024-02-29 01:02:03.123456\""},
      {"timestamp '2024-02-29 01:02:03.123456 UTC'", "timestamp(6) with time zone",
       "\"2024-02-29 01:02:03.123456 UTC\""},
      {"array[1, null]", "array(integer)", "[1,null]"},
      {"cast(row(1, 'x') as row(a integer, b varchar))", "row(a integer, b varchar)", "[1,\"x\"]"},
      {"map(array['k'], array[decimal '1.5'])", "map(varchar(1), decimal(2, 1))",
       "{\"k\":\"1.5\"}"},
      {"map(array[1], array[array[2]])", "map(integer, array(integer))", "{\"1\":[2]}"},
      {"json '{\"a\": 1}'", "json", "\"{\\\"a\\\":1}\""},
      {"uuid '12151fd2-7586-11e9-8f9e-2a86e4085a59'", "uuid",
       "\"12151fd2-7586-11e9-8f9e-2a86e4085a59\""}};
  std::vector<std::string> expressions;
  for (const auto& [sql, type, value] : cases) expressions.push_back(sql);
  const StatementResult result = client_->fetch("select " + join(expressions, ", "));
  ASSERT_EQ(result.rows.size(), 1U);
  ASSERT_EQ(result.info.columns.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& [sql, type, value] = cases[i];
    if (sql.find("varchar 'it") == std::string::npos) {
      EXPECT_EQ(result.info.columns[i].type, type) << sql;
    }
    EXPECT_EQ(boost::json::serialize(result.rows[0][i]), value) << sql;
  }
  EXPECT_EQ(result.info.stats.state, "FINISHED");
}

TEST_F(RealTrinoTest, GivesManyPagesInOrder) {
  std::int64_t next = 0, batches = 0;
  RunOptions options;
  options.on_rows = [&](const StatementInfo&, const std::vector<Row>& rows) {
    ++batches;
    for (const Row& row : rows) {
      if (row[0].as_int64() == next + 1) ++next;
    }
  };
  const Stopwatch watch;
  client_->run(
      "select x * 10000 + y, 'a row like any other' from unnest(sequence(0, 99)) a(x), "
      "unnest(sequence(1, 10000)) b(y)",
      options);
  EXPECT_EQ(next, 1'000'000);
  EXPECT_GT(batches, 1);
  RecordProperty("seconds_for_a_million_rows", std::to_string(watch.seconds()));
}

TEST_F(RealTrinoTest, ReportsTheErrorsPlace) {
  const auto error =
      error_of<QueryError>([&] { rows("select 1,\n  nothing\nfrom system.runtime.nodes"); });
  EXPECT_EQ(error.kind(), QueryErrorKind::user_error);
  EXPECT_EQ(error.name(), "COLUMN_NOT_FOUND");
  EXPECT_EQ(error.summary(), "Column 'nothing' cannot be resolved");
  EXPECT_EQ(error.line(), 2);
  EXPECT_EQ(error.column(), 3);
  EXPECT_EQ(error_of<QueryError>([&] { rows("select 1 / (x - x) from (values 1) t(x)"); }).name(),
            "DIVISION_BY_ZERO");
  EXPECT_EQ(error_of<QueryError>([&] { rows("select 1;"); }).name(), "SYNTAX_ERROR");
}

TEST_F(RealTrinoTest, CancelsALongQuery) {
  std::stop_source stop;
  std::string query_id;
  Stopwatch stopped;
  Client other(settings_);
  RunOptions options;
  options.stop = stop.get_token();
  std::jthread stopper;
  options.on_progress = [&](const StatementInfo& info) {
    query_id = info.query_id;
    if (info.stats.state != "RUNNING" || stopper.joinable()) return;
    stopper = std::jthread([&] {
      std::this_thread::sleep_for(Millis(300));
      stopped = Stopwatch();
      stop.request_stop();
    });
  };
  EXPECT_EQ(error_of([&] { other.run(kLongQuery, options); }).code(), ErrorCode::interrupted);
  EXPECT_LT(stopped.seconds(), 1);
  RecordProperty("seconds_to_cancel", std::to_string(stopped.seconds()));
  EXPECT_EQ(state_of(query_id), R"(["FAILED"])");
  EXPECT_EQ(
      rows("select error_code from system.runtime.queries where query_id = " + sql_quote(query_id)),
      R"(["USER_CANCELED"])");
}

TEST_F(RealTrinoTest, CancelsAtTheTimeout) {
  std::string query_id;
  RunOptions options;
  options.timeout = Millis(1500);
  options.on_progress = [&](const StatementInfo& info) { query_id = info.query_id; };
  EXPECT_THROW(client_->run(kLongQuery, options), StatementTimeout);
  EXPECT_EQ(state_of(query_id), R"(["FAILED"])");
}

// What client.h says of a statement that was sent, and of which the answer was not awaited.
TEST_F(RealTrinoTest, DoesNotRunAStatementThatIsOnlySent) {
  Coordinator coordinator(settings_);
  const std::string sql = "select 'only sent'";
  const auto page = read_page(coordinator.post(sql, {}, {}).body);
  ASSERT_TRUE(page);
  std::this_thread::sleep_for(Millis(1000));
  EXPECT_EQ(rows("select state from system.runtime.queries where query_id = " +
                 sql_quote(page->info.query_id)),
            "");
}

TEST_F(RealTrinoTest, KeepsTheSession) {
  EXPECT_EQ(client_->run("set session query_max_run_time = '17m'").update_type, "SET SESSION");
  EXPECT_EQ(client_->session().properties.at("query_max_run_time"), "17m");
  const auto run_time = [&] {
    for (const Row& row : client_->fetch("show session like 'query_max_run_time'").rows) {
      return std::string(row[1].as_string());
    }
    return std::string();
  };
  EXPECT_EQ(run_time(), "17m");
  client_->run("reset session query_max_run_time");
  EXPECT_NE(run_time(), "17m");

  client_->run("use system.runtime");
  EXPECT_EQ(client_->session().schema, "runtime");
  EXPECT_EQ(rows("select count(*) > 0 from nodes"), "[true]");
  client_->run("prepare my_query from select ? + 1, 'a,b=c%'");
  EXPECT_EQ(rows("execute my_query using 41"), "[42,\"a,b=c%\"]");
  client_->run("deallocate prepare my_query");
  EXPECT_THROW(rows("execute my_query using 41"), QueryError);

  client_->run("start transaction");
  EXPECT_NE(client_->session().transaction_id, "");
  EXPECT_EQ(rows("select count(*) > 0 from nodes"), "[true]");
  client_->run("rollback");
  EXPECT_EQ(client_->session().transaction_id, "");
}

TEST_F(RealTrinoTest, TakesTheSettings) {
  settings_.catalog = "system";
  settings_.schema = "runtime";
  settings_.session_properties = {{"query_max_run_time", "9m"}};
  settings_.timezone = "Europe/Paris";
  settings_.client_tags = {"a b", "c"};
  client_ = std::make_unique<Client>(settings_);
  EXPECT_EQ(rows("select current_user, current_timezone(), current_catalog, current_schema"),
            R"(["gsa_test","Europe/Paris","system","runtime"])");
  EXPECT_EQ(rows("select source from queries where query_id = (select max(query_id) from queries)"),
            R"(["gsa"])");
  settings_.session_properties = {{"no_such_property", "1"}};
  client_ = std::make_unique<Client>(settings_);
  EXPECT_EQ(error_of<QueryError>([&] { rows("select 1"); }).name(), "INVALID_SESSION_PROPERTY");
}

// connection_settings.h says why we refuse to send one elsewhere.
TEST_F(RealTrinoTest, RefusesPasswordsOverPlainHttp) {
  if (settings_.https || !is_this_machine(settings_.host)) GTEST_SKIP() << "it has TLS";
  settings_.password = "secret";
  client_ = std::make_unique<Client>(settings_);
  const Error error = error_of([&] { rows("select 1"); });
  EXPECT_TRUE(error.message().ends_with("Password not allowed for insecure authentication"))
      << error.message();
}

}  // namespace
}  // namespace gsa::trino
