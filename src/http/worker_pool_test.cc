#include "http/worker_pool.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "base/error.h"
#include "http/client_fixture.h"

namespace gsa::http {
namespace {

using Kind = WorkerPool::Kind;

// Jobs that wait until they are let go.
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
    WorkerPool pool({.threads = 4, .streams = 2, .queue = 1'000});
    for (int i = 0; i < 1'000; ++i) {
      EXPECT_NE(pool.submit(i % 2 == 0 ? Kind::request : Kind::stream, [&] { ++done; }), 0U);
    }
    EXPECT_TRUE(eventually([&] { return done == 1'000; }));
  }
  EXPECT_EQ(done, 1'000);
}

TEST(WorkerPool, KeepsAThreadFromStreamsParallel) {
  Gate gate;
  std::atomic<bool> answered = false;
  WorkerPool pool({.threads = 3, .streams = 2, .queue = 10});
  for (int i = 0; i < 5; ++i) pool.submit(Kind::stream, gate.job());
  EXPECT_TRUE(eventually([&] { return gate.waiting == 2; }));
  pool.submit(Kind::request, [&] { answered = true; });
  EXPECT_TRUE(eventually([&] { return answered.load(); }));
  EXPECT_EQ(gate.waiting, 2);
  gate.open();
  EXPECT_TRUE(eventually([&] { return gate.waiting == 5; }));  // the others had their turn
}

TEST(WorkerPool, RefusesWhatDoesNotFitItsQueueParallel) {
  Gate gate;
  WorkerPool pool({.threads = 2, .streams = 1, .queue = 3});
  for (int i = 0; i < 2; ++i) pool.submit(Kind::request, gate.job());
  EXPECT_TRUE(eventually([&] { return gate.waiting == 2; }));
  for (int i = 0; i < 3; ++i) EXPECT_NE(pool.submit(Kind::request, gate.job()), 0U);
  EXPECT_EQ(pool.submit(Kind::request, gate.job()), 0U);
  EXPECT_EQ(pool.queue_length(), 3U);
  gate.open();
}

TEST(WorkerPool, NeverBeginsWhatWasWithdrawnParallel) {
  Gate gate;
  std::atomic<bool> ran = false;
  WorkerPool pool({.threads = 2, .streams = 1, .queue = 3});
  const WorkerPool::Ticket running = pool.submit(Kind::request, gate.job());
  pool.submit(Kind::request, gate.job());
  EXPECT_TRUE(eventually([&] { return gate.waiting == 2; }));
  const WorkerPool::Ticket queued = pool.submit(Kind::request, [&] { ran = true; });
  EXPECT_TRUE(pool.withdraw(queued));
  EXPECT_FALSE(pool.withdraw(queued));
  EXPECT_FALSE(pool.withdraw(running));
  gate.open();
  pool.stop();
  EXPECT_FALSE(ran);
  EXPECT_EQ(pool.submit(Kind::request, [] {}), 0U);
}

TEST(WorkerPool, WantsAThreadThatIsNoStreams) {
  EXPECT_THROW(WorkerPool({.threads = 2, .streams = 2, .queue = 1}), Bug);
}

}  // namespace
}  // namespace gsa::http
