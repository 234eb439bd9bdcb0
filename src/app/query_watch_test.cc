#include "app/query_watch.h"

#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/interrupt.h"

namespace gsa::app {
namespace {

// Runs for some tenths of a second, many times the watch's interval.
constexpr const char* kLongQuery =
    "select sum(hash(a.range + b.range)::hugeint) from range(10000) a, range(4000) b";

enum : int { kFinished = 10, kStopped = 11 };

// Ends the process, because the interrupt would affect everything after it.
[[noreturn]] void query_after_interrupt(bool stop_interrupting) {
  duck::DatabaseOptions options;
  options.threads = 1;
  duck::Connection connection = duck::Database(options).connect();
  const Invocation invocation(catch_interrupts());
  QueryWatch watch(connection, invocation, false);
  if (stop_interrupting) watch.stop_interrupting();
  std::raise(SIGINT);
  try {
    connection.execute(kLongQuery);
  } catch (const duck::SqlError& error) {
    std::_Exit(error.kind() == duck::SqlErrorKind::interrupted ? kStopped : EXIT_FAILURE);
  }
  std::_Exit(kFinished);
}

TEST(QueryWatchDeathTest, StopsTheQueryOnInterrupt) {
  EXPECT_EXIT(query_after_interrupt(false), testing::ExitedWithCode(kStopped), "");
}

TEST(QueryWatchDeathTest, LetsTheQueryFinishOnceToldTo) {
  EXPECT_EXIT(query_after_interrupt(true), testing::ExitedWithCode(kFinished), "");
}

}  // namespace
}  // namespace gsa::app
