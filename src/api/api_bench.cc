// Clicks on the dashboard, on the warehouse in GSA_WAREHOUSE. Create it with `gsa run --warehouse
// FILE --prompts 2000000 --users 100000 --source synthetic`. Every round has a different filter, so
// that no answer comes from the cache.

#include <cstdlib>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "api/distribution.h"
#include "api/fact_store.h"
#include "api/metrics_request.h"
#include "api/segments.h"
#include "base/error.h"
#include "dbt/project.h"
#include "semantic/layer_reading.h"

namespace gsa::api {
namespace {

duck::Database& warehouse() {
  static duck::Database database([] {
    const char* path = std::getenv("GSA_WAREHOUSE");
    if (path == nullptr) throw Error("GSA_WAREHOUSE names no file");
    duck::DatabaseOptions options;
    options.path = path;
    options.read_only = true;
    return options;
  }());
  return database;
}

// The layer of the built-in project.
const Layer& layer() {
  static const Layer layer =
      semantic::read_layer(dbt::Project::load(dbt::ProjectFiles::from_folder("dbt"))).value();
  return layer;
}

const Snapshot& snapshot() {
  static const Snapshot snapshot([] {
    duck::Connection connection = warehouse().connect();
    return read_facts(connection, layer());
  }());
  return snapshot;
}

// A filter that no earlier round used.
std::string next_filter(const char* filter) {
  static int round = 0;
  ++round;
  return fmt::format(R"("filters": {{{}{}"duration_min": {{"max": {}}}}})", filter,
                     *filter != 0 ? ", " : "", 1000 + round);
}

void BM_ReadFacts(benchmark::State& state) {
  for (auto _ : state) {
    duck::Connection connection = warehouse().connect();
    const Facts facts = read_facts(connection, layer());
    state.counters["MB"] = static_cast<double>(facts.bytes()) / 1e6;
    state.counters["generations"] = static_cast<double>(facts.generations);
  }
}
BENCHMARK(BM_ReadFacts)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->Iterations(1);

// The requests of the Overview page after a click on a filter.
void overview(benchmark::State& state, const char* filter) {
  const std::string tiles =
      R"("measures": ["generations", "sessions", "success_rate", "friction", "cost",
                      "download_rate"])";
  snapshot();
  for (auto _ : state) {
    const std::string scope = next_filter(filter) + R"(, "time_range": {"from": "2025-12-17"})";
    benchmark::DoNotOptimize(metrics(snapshot(), fmt::format(R"({{"queries": [
            {{{0}, "compare": "previous", {1}}},
            {{{0}, "grain": "day", {1}}},
            {{{0}, "dimensions": ["tier"], "compare": "previous", {1}}}]}})",
                                                             tiles, scope)));
    benchmark::DoNotOptimize(changes(snapshot(), "{" + scope + "}"));
  }
}
BENCHMARK_CAPTURE(overview, all, "")->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(overview, tier, R"("tier": {"in": ["free"]})")
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(overview, model, R"("model": {"in": ["v2.1"]})")
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();
BENCHMARK_CAPTURE(overview, friction, R"("friction": {"min": 20, "max": 60})")
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

void BM_LeaderboardsWithIntervals(benchmark::State& state) {
  snapshot();
  for (auto _ : state) {
    std::string queries;
    for (const char* dimension : {"tier", "region", "device", "model", "complexity"}) {
      queries += fmt::format(
          R"({}{{"measures": ["friction"], "dimensions": ["{}"], "intervals": true, {}}})",
          queries.empty() ? "" : ",", dimension, next_filter(""));
    }
    benchmark::DoNotOptimize(metrics(snapshot(), "{\"queries\": [" + queries + "]}"));
  }
}
BENCHMARK(BM_LeaderboardsWithIntervals)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void BM_Cube(benchmark::State& state) {
  snapshot();
  for (auto _ : state) {
    benchmark::DoNotOptimize(cube(
        snapshot(), R"({"brush": "friction", "others": ["duration_min", "generations", "cost"],)" +
                        next_filter("") + "}"));
  }
}
BENCHMARK(BM_Cube)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

void BM_Histogram(benchmark::State& state) {
  snapshot();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        histogram(snapshot(), R"({"range": "friction", )" + next_filter("") + "}"));
  }
}
BENCHMARK(BM_Histogram)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

}  // namespace
}  // namespace gsa::api
