#include "trino/client.h"

#include <algorithm>

#include <boost/json/serialize.hpp>

#include "trino/trino_fixture.h"

namespace gsa::trino {
namespace {

using ClientTest = TrinoTest;

std::string text_of(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) text += boost::json::serialize(row);
  return text;
}

TEST_F(ClientTest, GathersTheRowsOfAllPages) {
  server_.script("POST", {reply("/1")});
  server_.script("GET", {reply("/2", R"("columns":null)"),  // columns come late
                         reply("/3", kOneColumn + R"(,"data":[[1],[9223372036854775807]])"),
                         reply("/4", kOneColumn + R"(,"data":[])"),
                         reply("/5", R"("data":[[null]])"),  // columns are not repeated
                         reply("", R"("stats":{"state":"FINISHED"})")});
  const StatementResult result = client().fetch("select n from t");
  EXPECT_EQ(text_of(result.rows), "[1][9223372036854775807][null]");
  ASSERT_EQ(result.info.columns.size(), 1U);
  EXPECT_EQ(result.info.columns[0].name, "n");
  EXPECT_EQ(result.info.columns[0].type, "bigint");
  EXPECT_EQ(result.info.query_id, "q1");
  EXPECT_EQ(result.info.info_uri, "http://ui/q1");

  const FakeRequest post = last_post();
  EXPECT_EQ(post.target, "/v1/statement");
  EXPECT_EQ(post.body, "select n from t");
  std::string targets;
  for (const FakeRequest& get : server_.requests("GET")) targets += get.target;
  EXPECT_EQ(targets, "/1/2/3/4/5");
  EXPECT_EQ(count("DELETE"), 0U);
}

TEST_F(ClientTest, GivesRowsInBatchesAsTheyCome) {
  server_.script("POST", {reply("/1")});
  server_.script("GET", {reply("/2", kOneColumn + R"(,"data":[[1],[2]])"), reply("/3"),
                         reply("", kOneColumn + R"(,"data":[[3]])")});
  std::string seen;
  options_.on_rows = [&](const StatementInfo& so_far, const std::vector<Row>& rows) {
    seen += fmt::format("{} {} after {} GETs; ", so_far.columns.at(0).name, text_of(rows),
                        count("GET"));
  };
  run();
  EXPECT_EQ(seen, "n [1][2] after 1 GETs; n [3] after 3 GETs; ");
}

TEST_F(ClientTest, SaysWhoAsksForWhatInHeaders) {
  settings_.catalog = "lake";
  settings_.schema = "main";
  settings_.session_properties = {{"query_max_run_time", "5 m"}};
  settings_.client_tags = {"nightly", "gsa"};
  settings_.http_headers = {{"X-Trino-Client-Info", "it"}, {"X-Empty", ""}};
  script_end();
  run();
  const FakeRequest post = last_post();
  EXPECT_EQ(post.header("x-trino-user"), "ann");
  EXPECT_EQ(post.header("x-trino-source"), "gsa");
  EXPECT_EQ(post.header("x-trino-catalog"), "lake");
  EXPECT_EQ(post.header("x-trino-schema"), "main");
  EXPECT_EQ(post.header("x-trino-time-zone"), "UTC");
  EXPECT_EQ(post.header("x-trino-session"), "query_max_run_time=5+m");
  EXPECT_EQ(post.header("x-trino-client-tags"), "nightly,gsa");
  EXPECT_EQ(post.header("x-trino-client-capabilities"), "PARAMETRIC_DATETIME");
  EXPECT_EQ(post.header("x-trino-client-info"), "it");
  EXPECT_EQ(post.all("x-empty"), std::vector<std::string>{""});
  EXPECT_EQ(post.header("x-trino-transaction-id"), "NONE");
  EXPECT_EQ(post.header("authorization"), "");

  const FakeRequest get = server_.requests("GET").back();
  EXPECT_EQ(get.header("x-trino-user"), "ann");
  EXPECT_EQ(get.header("x-trino-client-info"), "it");
}

// Above a megabyte, libcurl would first ask whether to send it ("Expect: 100-continue").
TEST_F(ClientTest, SendsALongStatementAtOnce) {
  const std::string sql = "select '" + std::string(1'500'000, 'x') + "'";
  script_end();
  run(sql);
  EXPECT_EQ(last_post().body, sql);
  EXPECT_EQ(last_post().header("expect"), "");
}

TEST_F(ClientTest, BringsTheSessionToTheNextStatement) {
  server_.script("POST", {reply("/1"), reply("/2"), reply("/3")});
  FakeReply set = reply("");
  set.headers = {{"X-Trino-Set-Session", "a=1%2C+2"},
                 {"X-Trino-Set-Session", "b=2"},
                 {"X-Trino-Set-Catalog", "c"},
                 {"X-Trino-Started-Transaction-Id", "tx"}};
  FakeReply clear = reply("");
  clear.headers = {{"X-Trino-Clear-Session", "a"}, {"X-Trino-Clear-Transaction-Id", "true"}};
  server_.script("GET", {set, clear, reply("")});
  run();
  run();
  EXPECT_EQ(last_post().all("x-trino-session"), (std::vector<std::string>{"a=1%2C+2", "b=2"}));
  EXPECT_EQ(last_post().header("x-trino-catalog"), "c");
  EXPECT_EQ(last_post().header("x-trino-transaction-id"), "tx");
  run();
  EXPECT_EQ(last_post().all("x-trino-session"), std::vector<std::string>{"b=2"});
  EXPECT_EQ(last_post().header("x-trino-transaction-id"), "NONE");
}

TEST_F(ClientTest, TellsWhatAnUpdateDid) {
  script_end(R"("updateType":"CREATE TABLE","updateCount":12345678901,)"
             R"("warnings":[{"warningCode":{"name":"W"},"message":"careful"}])");
  const StatementInfo info = run("create table t as select 1");
  EXPECT_EQ(info.update_type, "CREATE TABLE");
  EXPECT_EQ(info.update_count, 12'345'678'901);
  ASSERT_EQ(info.warnings.size(), 1U);
  EXPECT_EQ(info.warnings[0].message, "careful");
}

TEST_F(ClientTest, ReportsProgressAfterEachAnswer) {
  server_.script("POST", {{.body = R"({"id":"q7","nextUri":")" + server_.url("/1") +
                                   R"(","stats":{"state":"QUEUED","queued":true}})"}});
  server_.script("GET",
                 {{.body = R"({"id":"q7","nextUri":")" + server_.url("/2") +
                           R"(","stats":{"state":"RUNNING","progressPercentage":62.5}})"},
                  {.body = R"({"id":"q7","stats":{"state":"FINISHED","peakMemoryBytes":9}})"}});
  std::string seen;
  options_.on_progress = [&](const StatementInfo& info) {
    seen +=
        fmt::format("{} {} {}; ", info.query_id, info.stats.state, info.stats.percent.value_or(-1));
  };
  EXPECT_EQ(run().stats.peak_memory_bytes, 9);
  EXPECT_EQ(seen, "q7 QUEUED -1; q7 RUNNING 62.5; q7 FINISHED -1; ");
}

TEST_F(ClientTest, ThrowsTheErrorOfAQueryWithItsPlace) {
  script_end(R"("error":{"message":"line 3:14: Column 'x' cannot be resolved","errorCode":47,)"
             R"("errorName":"COLUMN_NOT_FOUND","errorType":"USER_ERROR",)"
             R"("errorLocation":{"lineNumber":3,"columnNumber":14},)"
             R"("failureInfo":{"type":"io.trino.spi.TrinoException"}})");
  const auto error = error_of<QueryError>([&] { run(); });
  EXPECT_EQ(error.message(), "line 3:14: Column 'x' cannot be resolved");
  EXPECT_EQ(error.summary(), "Column 'x' cannot be resolved");
  EXPECT_EQ(error.kind(), QueryErrorKind::user_error);
  EXPECT_EQ(error.name(), "COLUMN_NOT_FOUND");
  EXPECT_EQ(error.error_code(), 47);
  EXPECT_EQ(error.line(), 3);
  EXPECT_EQ(error.column(), 14);
  EXPECT_EQ(error.java_type(), "io.trino.spi.TrinoException");
  EXPECT_EQ(error.query_id(), "q1");
  EXPECT_EQ(count("DELETE"), 0U);  // the query has ended
}

TEST_F(ClientTest, TellsTheKindsOfErrorsApart) {
  const std::vector<std::pair<std::string, QueryErrorKind>> kinds = {
      {"INSUFFICIENT_RESOURCES", QueryErrorKind::insufficient_resources},
      {"INTERNAL_ERROR", QueryErrorKind::internal_error},
      {"EXTERNAL", QueryErrorKind::external}};
  for (const auto& [type, kind] : kinds) {
    script_end(R"("error":{"message":"no","errorType":")" + type + "\"}");
    const auto error = error_of<QueryError>([&] { run(); });
    EXPECT_EQ(error.kind(), kind) << type;
    EXPECT_EQ(error.message(), "no");
    EXPECT_FALSE(error.line());
  }
}

TEST_F(ClientTest, TellsThatTheCoordinatorIsStarting) {
  script_end(R"("error":{"message":"Trino server is still initializing","errorCode":65548,)"
             R"("errorName":"SERVER_STARTING_UP","errorType":"INTERNAL_ERROR"})");
  EXPECT_TRUE(error_of<QueryError>([&] { run(); }).is_starting_up());
  script_end(R"("error":{"message":"no","errorName":"GENERIC_INTERNAL_ERROR"})");
  EXPECT_FALSE(error_of<QueryError>([&] { run(); }).is_starting_up());
}

TEST_F(ClientTest, CanRunAfterAnError) {
  script_end(R"("error":{"message":"no"})");
  EXPECT_THROW(run(), QueryError);
  script_end(R"("updateType":"USE")");
  EXPECT_EQ(run().update_type, "USE");
}

TEST_F(ClientTest, ReadsACompressedAnswer) {
  // {"id":"z","stats":{"state":"FINISHED"},"updateType":"ZIPPED"} as gzip writes it.
  const std::string hex =
      "1f8b0800000000000203ab56ca4c51b252aa52d2512a2e492c2956b2aa06335281826e9e7e9ec11e"
      "ae2e4ab53a4aa5052940c190ca029044946740004818000c22016a3d000000";
  FakeReply reply;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    reply.body += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  reply.headers = {{"Content-Encoding", "gzip"}};
  server_.script("POST", {reply});
  EXPECT_EQ(run().update_type, "ZIPPED");
  EXPECT_EQ(last_post().header("accept-encoding"), "gzip");
}

TEST_F(ClientTest, RefusesAnswersThatAreNotTrinos) {
  server_.script("POST", {FakeReply::of(200, "<html>Welcome</html>")});
  const Error error = error_of([&] { run(); });
  EXPECT_EQ(error.message(), fmt::format("Trino at http://127.0.0.1:{} does not answer like Trino: "
                                         "its answer is unreadable",
                                         server_.port()));
  server_.script("POST", {reply("/1")});
  server_.script("GET", {reply("/2", kOneColumn + R"(,"data":[[1,2]])")});
  EXPECT_TRUE(error_of([&] { run(); }).message().ends_with("has rows that do not fit its columns"));
  EXPECT_EQ(server_.requests("DELETE").back().target, "/2");
}

TEST_F(ClientTest, ShowsTheFirstWordsOfOtherAnswers) {
  server_.script("POST", {FakeReply::of(400, "Error 400 Bad Request:\nSQL statement is empty"),
                          FakeReply::of(500, "<html><body><h1>Oh\x1b[2J</h1>\n no</body></html>")});
  const std::string begin = fmt::format("Trino at http://127.0.0.1:{} answered ", server_.port());
  EXPECT_EQ(error_of([&] { client().run({}); }).message(),
            begin + "400: Error 400 Bad Request: SQL statement is empty");
  EXPECT_EQ(error_of([&] { run(); }).message(), begin + "500: Oh [2J no");
  EXPECT_EQ(count("POST"), 2U);  // neither is repeated
}

}  // namespace
}  // namespace gsa::trino
