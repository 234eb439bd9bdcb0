#include <string>

#include <benchmark/benchmark.h>

#include "prompts/corpus.h"

namespace {

void write_prompts(benchmark::State& state) {
  const gsa::prompts::Corpus corpus(42);
  std::string prompt;
  std::uint64_t id = 0;
  std::int64_t bytes = 0;
  for (auto _ : state) {
    corpus.write(id++, prompt);
    bytes += static_cast<std::int64_t>(prompt.size());
    benchmark::DoNotOptimize(prompt.data());
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(bytes);
}
BENCHMARK(write_prompts);

void draw_settings(benchmark::State& state) {
  const gsa::prompts::Corpus corpus(42);
  std::uint64_t id = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(corpus.settings(id++));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(draw_settings);

}  // namespace
