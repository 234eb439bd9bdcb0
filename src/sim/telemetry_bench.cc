#include <benchmark/benchmark.h>

#include "sim/telemetry.h"

namespace {

using namespace gsa::sim;

constexpr Period kDecember{2025, 12};

void telemetry_at(benchmark::State& state) {
  const Population users(42, kDecember, static_cast<std::int32_t>(state.range(0)));
  const Telemetry telemetry(42, kDecember, users);
  std::uint64_t id = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(telemetry.at(id++, {20, false}));
  }
  state.SetItemsProcessed(state.iterations());
}
// A population that fits into the first caches, and two that the draw of the user misses in.
BENCHMARK(telemetry_at)->Arg(500)->Arg(20'000)->Arg(5'000'000);

void user_at(benchmark::State& state) {
  std::int32_t id = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(gsa::sim::user_at(42, 1'000, id));
    id = (id + 1) & 0xfffff;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(user_at);

void population(benchmark::State& state) {
  const auto count = static_cast<std::int32_t>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(Population(42, kDecember, count));
  }
  state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(population)->Arg(500)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
