#include "assets/flow.h"

#include <atomic>
#include <chrono>
#include <numeric>
#include <random>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::assets {
namespace {

void rest(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

TEST(Flow, RunsATaskOnceAfterAllThatItWaitsForParallel) {
  std::mt19937 random(7);
  constexpr std::size_t kTasks = 500;
  std::vector<Task> tasks(kTasks);
  std::vector<std::atomic<int>> ended(kTasks);
  std::atomic<int> too_early = 0;
  for (std::size_t i = 0; i < kTasks; ++i) {
    std::set<std::size_t> after;
    for (std::size_t n = 0; n < 3 && i > 0; ++n) after.insert(random() % i);
    if (random() % 5 == 0) after.clear();
    tasks[i].after.assign(after.begin(), after.end());
    tasks[i].run = [&, i](std::size_t) {
      for (const std::size_t before : tasks[i].after) too_early += ended[before] != 1;
      ++ended[i];
    };
  }
  run_tasks(tasks, 4);
  EXPECT_EQ(too_early, 0);
  for (const std::atomic<int>& count : ended) EXPECT_EQ(count, 1);
}

TEST(Flow, NeverPutsTwoTasksIntoOneLaneParallel) {
  std::vector<std::atomic<int>> busy(3);
  std::atomic<int> overlaps = 0, running = 0, most = 0;
  const auto work = [&](std::size_t lane) {
    overlaps += ++busy.at(lane) != 1;
    const int now = ++running;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    // Wait until all lanes are busy at once, on a machine of any size and load.
    for (int waited = 0; most < 3 && waited < 10000; ++waited) rest(1);
    --running;
    --busy.at(lane);
  };
  run_tasks(std::vector<Task>(30, Task{{}, work}), 3);
  EXPECT_EQ(overlaps, 0);
  EXPECT_EQ(most, 3);
}

TEST(Flow, StopsAtTheFirstExceptionAndThrowsItOnceTheOthersEndedParallel) {
  std::atomic<bool> broken = false, slow_ended = false;
  std::atomic<int> later = 0;
  std::vector<Task> tasks;
  tasks.push_back({{}, [&](std::size_t) {
                     while (!broken) rest(1);
                     rest(300);  // much longer than an exception takes to be caught
                     slow_ended = true;
                   }});
  tasks.push_back({{}, [&](std::size_t) {
                     broken = true;
                     throw Error("broken");
                   }});
  tasks.push_back({{1}, [&](std::size_t) { ++later; }});
  tasks.push_back({{0}, [&](std::size_t) { ++later; }});
  try {
    run_tasks(tasks, 2);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "broken");
  }
  EXPECT_TRUE(slow_ended);
  EXPECT_EQ(later, 0);
}

TEST(Flow, OfOneLaneRunsInTheOrderOfTheList) {
  std::vector<int> order;
  std::vector<Task> tasks;
  for (int i = 0; i < 20; ++i) {
    tasks.push_back({i == 0 ? std::vector<std::size_t>{} : std::vector<std::size_t>{0},
                     [&order, i](std::size_t) { order.push_back(i); }});
  }
  run_tasks(tasks, 1);
  std::vector<int> expected(20);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(order, expected);
}

TEST(Flow, OfNoTasksEnds) { run_tasks({}, 2); }

}  // namespace
}  // namespace gsa::assets
