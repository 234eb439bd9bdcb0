#include "http/metrics.h"

#include <gtest/gtest.h>

#include "http/client_fixture.h"

namespace gsa::http {
namespace {

using std::chrono::microseconds;

TEST(Metrics, CountByRouteStatusAndDuration) {
  Recorder recorder;
  recorder.record({.method = "GET",
                   .route = "/a",
                   .status = 200,
                   .duration = microseconds(900),
                   .bytes_sent = 10});
  recorder.record({.method = "GET",
                   .route = "/a",
                   .status = 404,
                   .duration = microseconds(1'000),
                   .bytes_sent = 5});
  recorder.record(
      {.method = "GET", .route = "/a", .status = 503, .duration = microseconds(40'000'000)});
  recorder.record({.method = "PUT", .status = 405, .duration = microseconds(1'001)});
  const Metrics metrics = recorder.snapshot();
  ASSERT_EQ(metrics.routes.size(), 2U);
  const RouteCounts& a = metrics.routes.at("GET /a");
  EXPECT_EQ(a.by_status_class, (std::array<std::uint64_t, 5>{0, 1, 0, 1, 1}));
  EXPECT_EQ(a.by_duration.front(), 2U);  // a bucket includes its upper bound
  EXPECT_EQ(a.by_duration.back(), 1U);
  EXPECT_EQ(a.bytes_sent, 15U);
  EXPECT_NEAR(a.seconds, 40.0019, 1e-9);
  EXPECT_EQ(metrics.routes.at("none").by_duration.at(1), 1U);
}

TEST(Metrics, AreTextThatPrometheusReads) {
  Metrics metrics;
  RouteCounts& counts = metrics.routes["GET /a\"b"];
  counts.by_status_class = {0, 3, 0, 1, 0};
  counts.by_duration.at(0) = 1;
  counts.by_duration.at(2) = 2;
  counts.by_duration.back() = 1;
  counts.seconds = 31.5;
  metrics.open_connections = 7;
  const std::string text = prometheus_text(metrics, "x_");
  for (const char* line :
       {"# TYPE x_requests_total counter\n",
        "x_requests_total{route=\"GET /a\\\"b\",status=\"2xx\"} 3\n",
        "x_requests_total{route=\"GET /a\\\"b\",status=\"4xx\"} 1\n",
        "# TYPE x_request_duration_seconds histogram\n",
        "x_request_duration_seconds_bucket{route=\"GET /a\\\"b\",le=\"0.001\"} 1\n",
        "x_request_duration_seconds_bucket{route=\"GET /a\\\"b\",le=\"0.0025\"} 1\n",
        "x_request_duration_seconds_bucket{route=\"GET /a\\\"b\",le=\"0.005\"} 3\n",
        "x_request_duration_seconds_bucket{route=\"GET /a\\\"b\",le=\"+Inf\"} 4\n",
        "x_request_duration_seconds_sum{route=\"GET /a\\\"b\"} 31.5\n",
        "x_request_duration_seconds_count{route=\"GET /a\\\"b\"} 4\n",
        "# TYPE x_open_connections gauge\nx_open_connections 7\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  EXPECT_EQ(text.find("status=\"3xx\""), std::string::npos);
}

TEST(Metrics, AreOfTheServerThatAnswers) {
  RunningServer server;
  Client client = server.client();
  EXPECT_EQ(client.get("/ping").body, "pong");
  EXPECT_EQ(client.get("/none").status, 404);
  EXPECT_TRUE(eventually([&] {
    const Metrics metrics = server->metrics();
    return metrics.routes.size() == 2 && metrics.open_connections == 1;
  }));
  const Metrics metrics = server->metrics();
  EXPECT_EQ(metrics.routes.at("GET /ping").by_status_class.at(1), 1U);
  EXPECT_GT(metrics.routes.at("GET /ping").bytes_sent, 100U);
  EXPECT_EQ(metrics.routes.at("none").by_status_class.at(3), 1U);
  EXPECT_EQ(metrics.connections_accepted, 1U);
}

TEST(Metrics, GoToTheLogWithWhatTheClientIsNotTold) {
  Router router = ping_router();
  router.add("GET", "/bug/{x}",
             [](const Request&) -> Response { throw std::runtime_error("inside"); });
  std::mutex mutex;
  std::vector<Finished> log;
  Options options;
  options.on_finished = [&](const Finished& finished) {
    const std::lock_guard lock(mutex);
    log.push_back(finished);
  };
  {
    RunningServer server(std::move(router), options);
    const Answer answer = server.client().get("/bug/7?secret=1");
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body.find("inside"), std::string::npos) << answer.body;
  }
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].method, "GET");
  EXPECT_EQ(log[0].route, "/bug/{x}");
  EXPECT_EQ(log[0].path, "/bug/7");
  EXPECT_EQ(log[0].peer, "127.0.0.1");
  EXPECT_EQ(log[0].status, 500);
  EXPECT_EQ(log[0].failure, "inside");
}

}  // namespace
}  // namespace gsa::http
