#include "app/query_watch.h"

#include <gtest/gtest.h>

namespace gsa::app {
namespace {

TEST(QueryWatchParallel, FollowsQueriesOneAfterTheOtherWhileLinesAreLogged) {
  duck::Connection connection = duck::Database({}).connect();
  testing::internal::CaptureStderr();
  {
    QueryWatch watch(connection, true);
    for (int i = 0; i < 3; ++i) {
      watch.begin("counting", 20'000'000);
      EXPECT_EQ(connection.query_int64("select count(*) from range(20000000) where range % 7 <> 3"),
                17'142'857);
      watch.end();
      watch.log("counted");
    }
  }
  // No terminal, so no bar: the lines and nothing else.
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "counted\ncounted\ncounted\n");
}

TEST(QueryWatchParallel, EndsWithAnExceptionInTheQuery) {
  duck::Connection connection = duck::Database({}).connect();
  EXPECT_THROW(
      {
        QueryWatch watch(connection, false);
        watch.begin("failing", 0);
        connection.execute("select error('no') from range(10)");
      },
      duck::SqlError);
}

}  // namespace
}  // namespace gsa::app
