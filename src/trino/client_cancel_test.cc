#include <atomic>
#include <stop_token>
#include <thread>

#include "trino/trino_fixture.h"

namespace gsa::trino {
namespace {

// Every test ends a statement while the server holds the answer back.
class ClientCancelTest : public TrinoTest {
 protected:
  ClientCancelTest() {
    settings_.request_timeout = Millis(20'000);
    options_.stop = stop_.get_token();
  }

  // An answer that does not come within a test; `when` it is asked for, this happens.
  FakeReply hanging(std::function<void()> when = {}) const {
    FakeReply slow = reply("/never");
    slow.delay = Millis(60'000);
    slow.before = std::move(when);
    return slow;
  }
  // Stops the statement after a moment, when the client waits.
  void stop_soon() {
    std::this_thread::sleep_for(Millis(100));
    stopped_ = Stopwatch();
    stop_.request_stop();
  }

  std::stop_source stop_;
  Stopwatch stopped_;
};

TEST_F(ClientCancelTest, StopsAQueryThatRuns) {
  server_.script("POST", {reply("/1")});
  server_.script("GET", {reply("/2"), hanging([this] { stop_soon(); })});
  const Error error = error_of([&] { run(); });
  EXPECT_LT(stopped_.seconds(), 0.3);
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  ASSERT_EQ(count("DELETE"), 1U);
  EXPECT_EQ(server_.requests("DELETE")[0].target, "/2");
  EXPECT_EQ(server_.requests("DELETE")[0].header("x-trino-user"), "ann");
}

TEST_F(ClientCancelTest, StopsWhileItWaitsForARetry) {
  FakeReply busy = FakeReply::of(503);
  busy.headers = {{"Retry-After", "1"}};
  server_.script("POST", {reply("/1")});
  server_.script("GET", {busy});
  std::jthread stopper;
  options_.on_retry = [&](const std::string&) { stopper = std::jthread([this] { stop_soon(); }); };
  EXPECT_EQ(error_of([&] { run(); }).code(), ErrorCode::interrupted);
  EXPECT_LT(stopped_.seconds(), 0.3);
  EXPECT_EQ(server_.requests("DELETE").at(0).target, "/1");
}

TEST_F(ClientCancelTest, StopsAStatementThatIsBeingSent) {
  server_.script("POST", {hanging([this] { stop_soon(); })});
  EXPECT_EQ(error_of([&] { run(); }).code(), ErrorCode::interrupted);
  EXPECT_LT(stopped_.seconds(), 0.3);
  EXPECT_EQ(count("DELETE"), 0U);  // to no known address
}

TEST_F(ClientCancelTest, SendsNothingAfterAStop) {
  stop_.request_stop();
  EXPECT_EQ(error_of([&] { run(); }).code(), ErrorCode::interrupted);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(ClientCancelTest, WaitsForTheCancelForAFewSecondsOnly) {
  server_.script("POST", {reply("/1")});
  server_.script("GET", {hanging([this] { stop_soon(); })});
  FakeReply slow = FakeReply::of(204);
  slow.delay = Millis(60'000);
  server_.script("DELETE", {slow});
  EXPECT_EQ(error_of([&] { run(); }).code(), ErrorCode::interrupted);
  EXPECT_GT(stopped_.seconds(), 2.5);
  EXPECT_LT(stopped_.seconds(), 4);
}

TEST_F(ClientCancelTest, CancelsIfTheCallerCannotTakeTheRows) {
  server_.script("POST", {reply("/1")});
  server_.script("GET", {reply("/2", kOneColumn + R"(,"data":[[1]])")});
  options_.on_rows = [](const StatementInfo&, const std::vector<Row>&) {
    throw std::runtime_error("the disk is full");
  };
  EXPECT_EQ(std::string(error_of<std::runtime_error>([&] { run(); }).what()), "the disk is full");
  ASSERT_EQ(count("DELETE"), 1U);
  EXPECT_EQ(server_.requests("DELETE")[0].target, "/2");
}

TEST_F(ClientCancelTest, CancelsNothingThatHasEnded) {
  script_end(kOneColumn + R"(,"data":[[1]])");
  options_.on_rows = [](const StatementInfo&, const std::vector<Row>&) {
    throw std::runtime_error("the disk is full");
  };
  EXPECT_THROW(run(), std::runtime_error);
  EXPECT_EQ(count("DELETE"), 0U);
}

TEST_F(ClientCancelTest, EndsAStatementAtItsTimeout) {
  options_.timeout = Millis(250);
  server_.script("POST", {reply("/1")});
  server_.script("GET", {hanging()});
  const Stopwatch watch;
  const auto error = error_of<StatementTimeout>([&] { run(); });
  EXPECT_GE(watch.seconds(), 0.25);
  EXPECT_LT(watch.seconds(), 1);
  EXPECT_EQ(error.message(), "the statement was not done within 0.25 s");
  EXPECT_EQ(server_.requests("DELETE").at(0).target, "/1");
}

TEST_F(ClientCancelTest, EndsAStatementThatIsBeingSentAtItsTimeout) {
  options_.timeout = Millis(250);
  server_.script("POST", {hanging()});
  EXPECT_THROW(run(), StatementTimeout);
  EXPECT_EQ(count("POST"), 1U);
}

TEST_F(ClientCancelTest, EndsRetriesAtTheTimeout) {
  options_.timeout = Millis(250);
  FakeReply busy = FakeReply::of(503);
  busy.headers = {{"Retry-After", "1"}};
  server_.script("POST", {reply("/1")});
  server_.script("GET", {busy});
  const Stopwatch watch;
  EXPECT_THROW(run(), StatementTimeout);
  EXPECT_LT(watch.seconds(), 0.8);
  EXPECT_EQ(count("GET"), 1U);
  EXPECT_EQ(count("DELETE"), 1U);
}

TEST_F(ClientCancelTest, EndsAStreamOfAnswersAtTheTimeout) {
  options_.timeout = Millis(250);
  server_.script("POST", {reply("/1")});
  FakeReply slow = reply("/1");
  slow.delay = Millis(20);
  server_.script("GET", std::vector<FakeReply>(1000, slow));
  EXPECT_THROW(run(), StatementTimeout);
  EXPECT_LT(count("GET"), 20U);
  EXPECT_EQ(count("DELETE"), 1U);
}

TEST_F(ClientCancelTest, HasAClientForEachThread) {
  constexpr int kThreads = 4;
  for (int i = 0; i < kThreads; ++i) {
    server_.script("POST", {reply("/1")});
    server_.script("GET", {reply("/2", kOneColumn + R"(,"data":[[1]])"), hanging()});
  }
  std::atomic<int> rows = 0, stopped = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      RunOptions options;
      options.stop = stop_.get_token();
      options.on_rows = [&](const StatementInfo&, const std::vector<Row>&) {
        if (++rows == kThreads) stop_.request_stop();
      };
      try {
        Client(settings_).run("select 1", options);
      } catch (const Error& error) {
        if (error.code() == ErrorCode::interrupted) ++stopped;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(stopped, kThreads);
  EXPECT_EQ(count("DELETE"), 4U);
}

}  // namespace
}  // namespace gsa::trino
