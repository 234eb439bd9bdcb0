// Independence: a generation's draws do not depend on each other, on those of its neighbours or on
// another seed's, and none of them depends on the order or the threads of the work.

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/four_sigma.h"
#include "sim/sample.h"

namespace gsa::sim {
namespace {

using Feature = std::function<double(const Draw&)>;

const std::vector<std::pair<std::string, Feature>> kFeatures = {
    {"user", [](const Draw& d) { return d.generation.user_id; }},
    {"time", [](const Draw& d) { return d.time_fraction(sample().period); }},
    {"latency",
     [](const Draw& d) { return d.generation.latency_ms / (d.prompt.token_count + 0.0); }},
    {"retries", [](const Draw& d) { return d.generation.retry_count; }},
    {"feedback", [](const Draw& d) { return d.generation.feedback != Feedback::none; }},
    {"download", [](const Draw& d) { return d.generation.downloaded; }},
    {"model", [](const Draw& d) { return static_cast<double>(d.generation.model); }},
};

// True for draws that the rules treat alike: same tier, status and band of lengths.
bool alike(const Draw& draw) {
  return draw.user.tier == Tier::pro && draw.generation.status == Status::success &&
         draw.prompt.token_count >= 10 && draw.prompt.token_count <= 30;
}

bool alike_with_feedback(const Draw& draw) {
  return alike(draw) && draw.generation.feedback != Feedback::none;
}

std::vector<double> column(const Feature& feature, bool (*where)(const Draw&)) {
  std::vector<double> values;
  for (const Draw& draw : sample().draws) {
    if (where(draw)) values.push_back(feature(draw));
  }
  return values;
}

TEST(Independence, OfTheDrawsOfOneGeneration) {
  for (std::size_t i = 0; i < kFeatures.size(); ++i) {
    const std::vector<double> values = column(kFeatures[i].second, alike);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_TRUE(fits_independence(values, column(kFeatures[j].second, alike)))
          << kFeatures[i].first << " and " << kFeatures[j].first;
    }
  }
}

TEST(Independence, OfTheFeedbacksSign) {
  const auto sign =
      column([](const Draw& d) { return d.generation.feedback == Feedback::thumbs_up; },
             alike_with_feedback);
  for (const auto& [name, feature] : kFeatures) {
    if (name == "feedback") continue;
    EXPECT_TRUE(fits_independence(sign, column(feature, alike_with_feedback))) << name;
  }
}

// The draws for the same ids or the next ones, from the same prompts; only values that no prompt
// affects.
std::vector<std::vector<double>> raw_columns(std::uint64_t seed, std::uint64_t first_id) {
  const Sample& base = sample();
  const Telemetry telemetry(seed, base.period, base.users);
  std::vector<std::vector<double>> columns(5);
  for (std::uint64_t id = first_id; id < first_id + 100'000; ++id) {
    const Generation g = telemetry.at(id, {20, false});
    const std::int64_t from = base.users.member(g.user_id).active_from_us;
    columns[0].push_back(g.user_id);
    columns[1].push_back(static_cast<double>(g.generated_us - from) /
                         static_cast<double>(base.period.end_us() - from));
    columns[2].push_back(g.latency_ms);
    columns[3].push_back(g.retry_count);
    columns[4].push_back(static_cast<double>(g.model));
  }
  return columns;
}

TEST(Independence, OfNeighbours) {
  const auto here = raw_columns(Sample::kSeed, 0), next = raw_columns(Sample::kSeed, 1);
  for (std::size_t i = 0; i < here.size(); ++i) {
    EXPECT_TRUE(fits_independence(here[i], next[i])) << "column " << i;
  }
}

TEST(Independence, OfSeeds) {
  const auto here = raw_columns(Sample::kSeed, 0);
  for (const std::uint64_t seed : {Sample::kSeed + 1, Sample::kSeed + (std::uint64_t{1} << 32)}) {
    const auto other = raw_columns(seed, 0);
    for (std::size_t i = 0; i < here.size(); ++i) {
      EXPECT_TRUE(fits_independence(here[i], other[i])) << "seed " << seed << ", column " << i;
    }
  }
}

TEST(Purity, TheOrderOfWorkMakesNoDifference) {
  const Sample& expected = sample();
  const Population users(Sample::kSeed, expected.period, Sample::kUsers);
  const Telemetry telemetry(Sample::kSeed, expected.period, users);
  for (std::uint64_t id = 20'000; id-- > 0;) {
    ASSERT_EQ(values_of(telemetry.at(id, sample_prompt(id))),
              values_of(expected.draws[id].generation));
  }
}

TEST(PurityParallel, ThreadsMakeNoDifference) {
  constexpr std::uint64_t kThreads = 8, kCount = 20'000;
  const Sample& expected = sample();
  const Telemetry telemetry(Sample::kSeed, expected.period, expected.users);
  std::vector<Generation> drawn(kCount);
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t first = 0; first < kThreads; ++first) {
      threads.emplace_back([&, first] {
        for (std::uint64_t id = first; id < kCount; id += kThreads) {
          drawn[id] = telemetry.at(id, sample_prompt(id));
        }
      });
    }
  }
  for (std::uint64_t id = 0; id < kCount; ++id) {
    ASSERT_EQ(values_of(drawn[id]), values_of(expected.draws[id].generation));
  }
}

}  // namespace
}  // namespace gsa::sim
