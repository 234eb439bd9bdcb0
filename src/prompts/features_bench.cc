#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "prompts/corpus.h"
#include "prompts/features.h"

namespace {

void measure(benchmark::State& state, const std::vector<std::string>& prompts) {
  std::int64_t bytes = 0;
  for (const std::string& prompt : prompts) {
    bytes += static_cast<std::int64_t>(prompt.size());
  }
  for (auto _ : state) {
    for (const std::string& prompt : prompts) {
      benchmark::DoNotOptimize(gsa::prompts::features_of(prompt));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(prompts.size()));
  state.SetBytesProcessed(state.iterations() * bytes);
}

std::vector<std::string> corpus_prompts() {
  const gsa::prompts::Corpus corpus(42);
  std::vector<std::string> prompts(10'000);
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    corpus.write(i, prompts[i]);
  }
  return prompts;
}

void features_of_corpus(benchmark::State& state) { measure(state, corpus_prompts()); }
BENCHMARK(features_of_corpus);

// Text full of non-ASCII letters, which takes the slow way through every block.
void features_of_cyrillic(benchmark::State& state) {
  std::string prompt;
  for (int i = 0; i < 12; ++i) {
    prompt += "старый маяк ";
  }
  measure(state, std::vector<std::string>(1'000, prompt));
}
BENCHMARK(features_of_cyrillic);

}  // namespace
