// The C++ loops that every row of a pipeline passes, measured one by one, as bench/kernels runs
// them:
//  gsa_kernels                 times each and a copy of memory, prints a line of JSON for each
//  gsa_kernels NAME PASSES     runs one so many times, for tools that count instructions

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "prompts/corpus.h"
#include "prompts/features.h"
#include "sim/telemetry.h"

namespace {

using gsa::prompts::Corpus;
using gsa::sim::Telemetry;

constexpr std::uint64_t kSeed = 42;
constexpr std::size_t kRows = 32'768;

// Makes the compiler believe that the value is used.
template <typename T>
void keep(const T& value) {
  asm volatile("" : : "m"(value) : "memory");
}

struct Kernel {
  std::string_view name;
  std::size_t rows;   // per pass
  std::size_t bytes;  // read and written per pass
  std::function<void()> pass;
};

std::vector<std::string> texts() {
  std::vector<std::string> prompts(kRows);
  for (std::size_t i = 0; i < kRows; ++i) Corpus(kSeed).write(i, prompts[i]);
  return prompts;
}

std::size_t size_of(const std::vector<std::string>& texts) {
  std::size_t size = 0;
  for (const std::string& text : texts) size += text.size();
  return size;
}

// For ASCII texts, and for texts that take the slow path in every block.
Kernel features(std::string_view name, std::vector<std::string> prompts) {
  const std::size_t rows = prompts.size(), bytes = size_of(prompts);
  return {name, rows, bytes, [prompts = std::move(prompts)] {
            for (const std::string& prompt : prompts) keep(gsa::prompts::features_of(prompt));
          }};
}

Kernel random_blocks() {
  return {"random_block", kRows, kRows * sizeof(gsa::RandomBlock), [] {
            const gsa::RandomStream stream(kSeed, 7);
            for (std::uint64_t id = 0; id < kRows; ++id) keep(stream.at(id));
          }};
}

Kernel telemetry() {
  static const gsa::sim::Period month{2025, 12};
  static const gsa::sim::Population users(kSeed, month, 100'000);
  return {"telemetry", kRows, kRows * (sizeof(Telemetry::Asked) + sizeof(gsa::sim::Generation)),
          [] {
            const Telemetry drawn(kSeed, month, users);
            std::vector<Telemetry::Asked> asked(Telemetry::kMostAtOnce);
            std::vector<gsa::sim::Generation> made(Telemetry::kMostAtOnce);
            for (std::uint64_t id = 0; id < kRows; id += asked.size()) {
              for (std::size_t i = 0; i < asked.size(); ++i) {
                asked[i] = {id + i, {static_cast<std::int32_t>(5 + (id + i) % 70), i == 0}};
              }
              drawn.at(asked, made);
              keep(made[0]);
            }
          }};
}

Kernel synthetic_prompts() {
  static const std::size_t bytes = size_of(texts());
  return {"synthetic_prompt", kRows, bytes, [] {
            std::string prompt;
            for (std::uint64_t id = 0; id < kRows; ++id) {
              Corpus(kSeed).write(id, prompt);
              keep(prompt.data());
            }
          }};
}

// Copies like the benchmark STREAM: arrays too large for any cache, counted as read once and
// written once.
Kernel copy() {
  constexpr std::size_t kDoubles = std::size_t{1} << 25;
  static std::vector<double> from(kDoubles, 1.0), to(kDoubles);
  return {"copy", kDoubles, 2 * kDoubles * sizeof(double), [] {
            std::memcpy(to.data(), from.data(), kDoubles * sizeof(double));
            keep(to[0]);
          }};
}

std::vector<Kernel> kernels() {
  std::string cyrillic;
  for (int i = 0; i < 12; ++i) cyrillic += "старый маяк ";
  return {features("features", texts()),
          features("features_cyrillic", std::vector<std::string>(kRows / 8, cyrillic)),
          random_blocks(), telemetry(), synthetic_prompts()};
}

// The fastest of several passes: disturbances only make a pass slower.
double seconds_of(const Kernel& kernel) {
  constexpr int kPasses = 15;
  double fastest = 1e9;
  for (int i = 0; i < kPasses; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    kernel.pass();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    fastest = std::min(fastest, took.count());
  }
  return fastest;
}

void print_time(const Kernel& kernel) {
  fmt::print("{{\"kernel\": \"{}\", \"rows\": {}, \"bytes\": {}, \"seconds\": {:.9f}}}\n",
             kernel.name, kernel.rows, kernel.bytes, seconds_of(kernel));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) {
    print_time(copy());
    for (const Kernel& kernel : kernels()) print_time(kernel);
    return 0;
  }
  for (const Kernel& kernel : kernels()) {
    if (argc != 3 || kernel.name != argv[1]) continue;
    for (long passes = std::strtol(argv[2], nullptr, 10); passes > 0; --passes) kernel.pass();
    fmt::print("{}\n", kernel.rows);
    return 0;
  }
  fmt::print(stderr, "usage: gsa_kernels [NAME PASSES]\n");
  return 2;
}
