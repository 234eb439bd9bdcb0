// The cost of the server: small answers per second, and the time for a static file while 200
// dashboards follow events.

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/memory.h"
#include "http/client_fixture.h"
#include "http/event_stream.h"
#include "http/static_files.h"

namespace gsa::http {
namespace {

Router router(const std::shared_ptr<Topic>& topic) {
  Router router;
  router.add("GET", "/worker", [](const Request&) {
    return Response::json(R"({"sessions":9666,"success_rate":0.941})");
  });
  router.add(
      "GET", "/immediate",
      [](const Request&) { return Response::json(R"({"sessions":9666,"success_rate":0.941})"); },
      {.immediate = true});
  router.add("GET", "/events",
             [topic](const Request& request) { return event_stream(topic, request); },
             {.immediate = true});
  static const std::string bytes(40'000, 'x');
  add_static_files(router, {{.path = "/app.js", .bytes = bytes, .type = "text/javascript"}});
  return router;
}

void small_json(benchmark::State& state, const char* path) {
  static std::unique_ptr<RunningServer> server;
  if (state.thread_index() == 0) {
    server = std::make_unique<RunningServer>(router(std::make_shared<Topic>()));
  }
  std::unique_ptr<Client> client;
  for (auto _ : state) {
    if (!client) client = std::make_unique<Client>(server->client());
    if (client->get(path).status != 200) state.SkipWithError("no answer");
  }
  state.SetItemsProcessed(state.iterations());
  client.reset();
}
void BM_SmallJsonOfAWorker(benchmark::State& state) { small_json(state, "/worker"); }
void BM_SmallJsonOfTheNetworkThread(benchmark::State& state) { small_json(state, "/immediate"); }
BENCHMARK(BM_SmallJsonOfAWorker)->Threads(1)->Threads(8)->UseRealTime();
BENCHMARK(BM_SmallJsonOfTheNetworkThread)->Threads(1)->Threads(8)->UseRealTime();

// Meanwhile each stream gets 100 events a second.
void BM_StaticFileBesideEventStreams(benchmark::State& state) {
  const std::int64_t before = resident_bytes();
  const auto topic = std::make_shared<Topic>();
  RunningServer server(router(topic));
  std::vector<Client> streams;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    streams.push_back(server.client());
    streams.back().request("GET", "/events");
    streams.back().set_time(std::chrono::milliseconds(0));
  }
  std::atomic<bool> stop = false;
  std::thread publisher([&] {
    while (!stop) {
      topic->publish("step", R"({"run":7,"asset":"fct_sessions","state":"running"})");
      for (Client& stream : streams) {
        stream.receive();
        stream.forget();
      }
      usleep(10'000);
    }
  });
  std::vector<double> times;
  Client client = server.client();
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    if (client.get("/app.js").body.size() != 40'000) state.SkipWithError("no answer");
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  const std::int64_t after = resident_bytes();
  stop = true;
  publisher.join();
  std::ranges::sort(times);
  state.counters["p95_ms"] = times[times.size() * 95 / 100];
  state.counters["resident_mib"] = static_cast<double>(after) / (1 << 20);
  state.counters["grown_mib"] = static_cast<double>(after - before) / (1 << 20);
}
BENCHMARK(BM_StaticFileBesideEventStreams)
    ->Arg(0)
    ->Arg(200)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace gsa::http
