#include "http/worker_pool.h"

#include <array>
#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "base/error.h"
#include "http/client_fixture.h"

namespace gsa::http {
namespace {

using Kind = WorkerPool::Kind;

// Jobs that wait until the gate opens.
struct Gate {
  std::promise<void> promise;
  std::shared_future<void> opened = promise.get_future().share();
  std::atomic<int> waiting = 0;
  std::function<void()> job() {
    return [this] {
      ++waiting;
      opened.wait();
    };
  }
  void open() { promise.set_value(); }
};

TEST(WorkerPool, RunsEveryJobParallel) {
  std::atomic<int> done = 0;
  {
    WorkerPool pool({.threads = {1, 1, 2, 1, 2}, .queue = 1'000});
    for (int i = 0; i < 1'000; ++i) {
      EXPECT_NE(pool.submit(static_cast<Kind>(i % 5), [&] { ++done; }), 0U);
    }
    EXPECT_TRUE(eventually([&] { return done == 1'000; }));
  }
  EXPECT_EQ(done, 1'000);
}

TEST(WorkerPool, KeepsNoKindWaitingForAnotherParallel) {
  constexpr std::array kKinds = {Kind::cancel, Kind::quick, Kind::normal, Kind::lengthy,
                                 Kind::stream};
  for (const Kind other : kKinds) {
    std::array<Gate, kKinds.size()> gates;
    std::atomic<bool> answered = false;
    WorkerPool pool({.threads = {2, 2, 2, 2, 2}, .queue = 10});
    for (const Kind kind : kKinds) {
      if (kind == other) continue;
      Gate& gate = gates.at(static_cast<std::size_t>(kind));
      for (int i = 0; i < 5; ++i) pool.submit(kind, gate.job());
      EXPECT_TRUE(eventually([&] { return gate.waiting == 2; }));
      EXPECT_EQ(pool.queue_length(kind), 3U);
    }
    pool.submit(other, [&] { answered = true; });
    EXPECT_TRUE(eventually([&] { return answered.load(); }));
    for (Gate& gate : gates) gate.open();
    EXPECT_TRUE(eventually([&] { return pool.queue_length() == 0; }));  // all jobs have begun
  }
}

TEST(WorkerPool, RefusesWhatDoesNotFitItsQueueParallel) {
  Gate gate;
  WorkerPool pool({.threads = {1, 1, 2, 1, 1}, .queue = 3});
  for (int i = 0; i < 2; ++i) pool.submit(Kind::normal, gate.job());
  EXPECT_TRUE(eventually([&] { return gate.waiting == 2; }));
  for (int i = 0; i < 3; ++i) EXPECT_NE(pool.submit(Kind::normal, gate.job()), 0U);
  EXPECT_EQ(pool.submit(Kind::normal, gate.job()), 0U);
  EXPECT_EQ(pool.queue_length(), 3U);
  gate.open();
}

TEST(WorkerPool, NeverBeginsWhatWasWithdrawnParallel) {
  Gate gate;
  std::atomic<bool> ran = false;
  WorkerPool pool({.threads = {1, 1, 2, 1, 1}, .queue = 3});
  const WorkerPool::Ticket running = pool.submit(Kind::normal, gate.job());
  pool.submit(Kind::normal, gate.job());
  EXPECT_TRUE(eventually([&] { return gate.waiting == 2; }));
  const WorkerPool::Ticket queued = pool.submit(Kind::normal, [&] { ran = true; });
  EXPECT_TRUE(pool.withdraw(queued));
  EXPECT_FALSE(pool.withdraw(queued));
  EXPECT_FALSE(pool.withdraw(running));
  gate.open();
  pool.stop();
  EXPECT_FALSE(ran);
  EXPECT_EQ(pool.submit(Kind::normal, [] {}), 0U);
}

TEST(WorkerPool, WantsAThreadOfEachKind) {
  EXPECT_THROW(WorkerPool({.threads = {1, 1, 1, 0, 1}, .queue = 1}), Bug);
}

}  // namespace
}  // namespace gsa::http
