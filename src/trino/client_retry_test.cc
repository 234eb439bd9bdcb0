#include <thread>

#include "base/text.h"
#include "trino/trino_fixture.h"

namespace gsa::trino {
namespace {

using ClientRetryTest = TrinoTest;

double seconds_between(const FakeRequest& a, const FakeRequest& b) {
  return std::chrono::duration<double>(b.time - a.time).count();
}

TEST_F(ClientRetryTest, RepeatsWhatWasTurnedAway) {
  for (const int status : {429, 502, 503, 504}) {
    const std::size_t posts = count("POST"), gets = count("GET");
    server_.script("POST", {FakeReply::of(status), reply("/1")});
    server_.script("GET", {FakeReply::of(status), reply("", R"("updateType":"DONE")")});
    EXPECT_EQ(run().update_type, "DONE") << status;
    EXPECT_EQ(count("POST"), posts + 2) << status;
    EXPECT_EQ(count("GET"), gets + 2) << status;
  }
}

TEST_F(ClientRetryTest, WaitsLongerEachTime) {
  server_.script("POST", {reply("/1")});
  server_.script("GET", {FakeReply::of(503), FakeReply::of(503), FakeReply::of(503), reply("")});
  std::vector<std::string> told;
  options_.on_retry = [&](const std::string& text) { told.push_back(text); };
  run();
  const std::vector<FakeRequest> gets = server_.requests("GET");
  ASSERT_EQ(gets.size(), 4U);
  // 100, 200, 400 ms, of which up to a half is taken off.
  EXPECT_GE(seconds_between(gets[0], gets[1]), 0.05);
  EXPECT_GE(seconds_between(gets[1], gets[2]), 0.1);
  EXPECT_GE(seconds_between(gets[2], gets[3]), 0.2);
  ASSERT_EQ(told.size(), 3U);
  EXPECT_TRUE(matches_wildcard(told[0],
                               "Trino at http://127.0.0.1:* answered 503; trying again in "
                               "0.? s"))
      << told[0];
}

TEST_F(ClientRetryTest, WaitsAsLongAsItIsAskedTo) {
  FakeReply busy = FakeReply::of(429);
  busy.headers = {{"Retry-After", "1"}};
  server_.script("POST", {busy, reply("/1")});
  server_.script("GET", {reply("")});
  run();
  const std::vector<FakeRequest> posts = server_.requests("POST");
  ASSERT_EQ(posts.size(), 2U);
  EXPECT_GE(seconds_between(posts[0], posts[1]), 1.0);
}

TEST_F(ClientRetryTest, GivesUpAtOnceIfAskedToWaitBeyondTheLimit) {
  FakeReply busy = FakeReply::of(503, "down for repairs");
  busy.headers = {{"Retry-After", "3600"}};
  server_.script("POST", {busy});
  const Stopwatch watch;
  const auto error = error_of<ConnectionError>([&] { run(); });
  EXPECT_LT(watch.seconds(), 1);
  EXPECT_EQ(error.message(), fmt::format("Trino at http://127.0.0.1:{} answered 503: down for "
                                         "repairs; it asks to wait 3600 s",
                                         server_.port()));
  EXPECT_FALSE(error.may_be_running());
}

TEST_F(ClientRetryTest, RepeatsAGetThatBrokeOff) {
  server_.script("POST", {reply("/1")});
  FakeReply cut = reply("/2", kOneColumn + R"(,"data":[[1]])");
  cut.cut_short = true;
  server_.script(
      "GET", {FakeReply::broken(), cut, reply("/2", kOneColumn + R"(,"data":[[1]])"), reply("")});
  EXPECT_EQ(client().fetch("select 1").rows.size(), 1U);
  EXPECT_EQ(count("GET"), 4U);
  EXPECT_EQ(count("DELETE"), 0U);
}

TEST_F(ClientRetryTest, RepeatsAGetThatIsNotAnswered) {
  settings_.request_timeout = Millis(200);
  server_.script("POST", {reply("/1")});
  FakeReply slow = reply("");
  slow.delay = Millis(60'000);
  server_.script("GET", {slow, reply("")});
  run();
  EXPECT_EQ(count("GET"), 2U);
}

TEST_F(ClientRetryTest, NeverRepeatsAPostThatBrokeOff) {
  server_.script("POST", {FakeReply::broken(), reply("/1")});
  const auto error = error_of<ConnectionError>([&] { run("insert into t values (1)"); });
  EXPECT_TRUE(error.may_be_running());
  EXPECT_TRUE(matches_wildcard(error.message(),
                               "the connection to Trino at http://127.0.0.1:* broke after a "
                               "statement was sent, which may be running: *"))
      << error.message();
  EXPECT_EQ(count("POST"), 1U);
}

// libcurl itself repeats a request on a connection that was open before and breaks.
TEST_F(ClientRetryTest, NeverRepeatsAPostThatBrokeOffOnAnOpenConnection) {
  script_end();
  run();
  server_.script("POST", {FakeReply::broken(), reply("/1")});
  EXPECT_TRUE(error_of<ConnectionError>([&] { run(); }).may_be_running());
  EXPECT_EQ(count("POST"), 2U);  // one each
}

TEST_F(ClientRetryTest, NeverRepeatsAPostThatIsNotAnswered) {
  settings_.request_timeout = Millis(200);
  FakeReply slow = reply("/1");
  slow.delay = Millis(60'000);
  server_.script("POST", {slow, reply("/1")});
  const auto error = error_of<ConnectionError>([&] { run(); });
  EXPECT_TRUE(error.may_be_running());
  EXPECT_TRUE(error.message().ends_with("may be running: no data came for 0.2 s"));
  EXPECT_EQ(count("POST"), 1U);
}

TEST_F(ClientRetryTest, RepeatsARefusedConnectionUpToTheLimit) {
  settings_.port = refusing_port();
  settings_.retry_limit = Millis(400);
  int retries = 0;
  options_.on_retry = [&](const std::string&) { ++retries; };
  const Stopwatch watch;
  const auto error = error_of<ConnectionError>([&] { run(); });
  EXPECT_GE(watch.seconds(), 0.4);
  EXPECT_LT(watch.seconds(), 2);
  EXPECT_GE(retries, 2);
  EXPECT_FALSE(error.may_be_running());
  EXPECT_TRUE(matches_wildcard(error.message(),
                               "Trino at http://127.0.0.1:* cannot be reached: *, after ? retries"))
      << error.message();
}

TEST_F(ClientRetryTest, ConnectsToACoordinatorThatStartsLate) {
  settings_.port = refusing_port();
  std::unique_ptr<FakeTrino> late;
  options_.on_retry = [&](const std::string&) {
    if (late) return;
    late = std::make_unique<FakeTrino>(false, settings_.port);
    late->script("POST", {{.body = R"({"id":"q","stats":{},"updateType":"LATE"})"}});
  };
  EXPECT_EQ(run().update_type, "LATE");
}

TEST_F(ClientRetryTest, GivesUpAGetAtTheLimit) {
  settings_.retry_limit = Millis(300);
  server_.script("POST", {reply("/1")});
  server_.script("GET", std::vector<FakeReply>(50, FakeReply::of(502)));
  const auto error = error_of<ConnectionError>([&] { run(); });
  EXPECT_TRUE(error.may_be_running());
  EXPECT_LT(count("GET"), 10U);
  EXPECT_EQ(count("DELETE"), 1U);
}

TEST_F(ClientRetryTest, CountsTheLimitAnewForEachRequest) {
  settings_.retry_limit = Millis(300);
  server_.script("POST", {reply("/0")});
  for (int i = 0; i < 5; ++i) {  // at least 0.5 s in all
    server_.script("GET", {FakeReply::of(503), FakeReply::of(503),
                           reply(i == 4 ? "" : "/" + std::to_string(i))});
  }
  run();
  EXPECT_EQ(count("GET"), 15U);
}

TEST_F(ClientRetryTest, SaysThatTheQueryIsLost) {
  for (const int status : {404, 410}) {
    server_.script("POST", {reply("/1")});
    server_.script("GET", {FakeReply::of(status, "Query not found")});
    const auto error = error_of<QueryLost>([&] { run(); });
    EXPECT_EQ(error.query_id(), "q1");
    EXPECT_TRUE(matches_wildcard(error.message(), "Trino no longer knows the query q1*"));
  }
  EXPECT_EQ(count("GET"), 2U);
  EXPECT_EQ(count("DELETE"), 0U);
  server_.script("POST", {FakeReply::of(404, "no such page")});  // not a Trino
  EXPECT_THROW(
      {
        try {
          run();
        } catch (const QueryLost&) {
          ADD_FAILURE() << "nothing was lost";
        }
      },
      Error);
}

}  // namespace
}  // namespace gsa::trino
