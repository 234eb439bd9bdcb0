// After an error inside DuckDB has ended its instance, the file is reopened.

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"

namespace gsa::duck {
namespace {

// DuckDB 1.5.6 computes no frame for this query and fails an assertion of its own.
constexpr const char* kEndsTheInstance =
    "select cume_dist(order by b) over (order by a rows between 3 following and 1 following) from "
    "(values (1, 3), (2, 2), (3, 1)) t(a, b)";

class Reopen : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / fmt::format("gsa_reopen_{}.duckdb", getpid());
    std::filesystem::remove(path_);
    database_ = std::make_unique<Database>(DatabaseOptions{path_, false, 2, ""});
    database_->connect().execute("create table t as select 42 as answer");
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove(path_);
    std::filesystem::remove(path_.string() + ".wal");
  }
  void end_instance(Connection& connection) const {
    EXPECT_THROW(connection.execute(kEndsTheInstance), SqlError);
    EXPECT_TRUE(connection.is_invalidated());
    EXPECT_TRUE(database_->is_invalidated());
  }
  // Whether another process could open the file to write.
  bool is_locked() const {
    const pid_t child = fork();
    if (child == 0) {
      const int file = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
      struct flock lock {};
      lock.l_type = F_WRLCK;
      _exit(fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status != 0;
  }

  std::filesystem::path path_;
  std::unique_ptr<Database> database_;
};

TEST_F(Reopen, WorksOnWithTheSameDatabase) {
  const Database copy = *database_;
  {
    Connection connection = database_->connect();
    end_instance(connection);
  }
  EXPECT_EQ(copy.connect().query_int64("select answer from t"), 42);
  EXPECT_FALSE(database_->is_invalidated());
  copy.connect().execute("insert into t values (43)");
  EXPECT_EQ(database_->connect().query_int64("select sum(answer)::bigint from t"), 85);
  EXPECT_TRUE(is_locked());
}

TEST_F(Reopen, WaitsForConnectionsToTheOneThatEnded) {
  Connection held = database_->connect();
  {
    Connection connection = database_->connect();
    end_instance(connection);
  }
  try {
    database_->connect();
    ADD_FAILURE() << "two instances on one file";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.kind(), SqlErrorKind::invalidated);
  }
  EXPECT_FALSE(database_->reopen());
  EXPECT_TRUE(held.is_invalidated());
  EXPECT_THROW(held.execute("select 1"), SqlError);
  held = Database({}).connect();
  EXPECT_TRUE(database_->reopen());
  EXPECT_FALSE(database_->is_invalidated());
}

TEST_F(Reopen, StopsQueriesThatRunOnTheOneThatEnded) {
  auto running = std::make_unique<Connection>(database_->connect());
  std::thread query([&running] {
    EXPECT_THROW(running->execute("select sum(a.range * b.range) from range(10000000) a, "
                                  "range(1000000) b"),
                 SqlError);
    running.reset();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  {
    Connection connection = database_->connect();
    end_instance(connection);
  }
  for (int i = 0; i < 3000 && !database_->reopen(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  query.join();
  EXPECT_EQ(database_->connect().query_int64("select answer from t"), 42);
}

TEST_F(Reopen, LosesNothingThatWasCommitted) {
  {
    Connection writer = database_->connect(), connection = database_->connect();
    writer.execute("create table many as select range as id from range(300000)");
    writer.execute("begin transaction; insert into t values (1)");
    end_instance(connection);
  }
  Connection connection = database_->connect();
  EXPECT_EQ(connection.query_int64("select count(*) from many"), 300'000);
  EXPECT_EQ(connection.query_int64("select count(*) from t"), 1);
}

TEST_F(Reopen, TellsNoStackTrace) {
  Connection connection = database_->connect();
  for (int i = 0; i < 2; ++i) {
    try {
      connection.execute(kEndsTheInstance);
      ADD_FAILURE();
    } catch (const SqlError& error) {
      EXPECT_EQ(error.kind(), i == 0 ? SqlErrorKind::internal : SqlErrorKind::invalidated);
      EXPECT_EQ(error.details().find('\n'), std::string::npos) << error.details();
      EXPECT_EQ(error.details().find("0x"), std::string::npos) << error.details();
      EXPECT_TRUE(error.message().starts_with("DuckDB ")) << error.message();
      EXPECT_FALSE(error.hint().empty());
    }
  }
}

// Reopening would lose a database in memory.
TEST(ReopenInMemory, IsNotDone) {
  const Database database(DatabaseOptions{});
  {
    Connection connection = database.connect();
    EXPECT_THROW(connection.execute(kEndsTheInstance), SqlError);
  }
  EXPECT_FALSE(database.reopen());
  EXPECT_THROW(database.connect(), SqlError);
}

TEST_F(Reopen, ReplacesTheFileOnceNoConnectionIsLeft) {
  const std::string other = path_.string() + ".other";
  std::filesystem::remove(other);
  Database({other, false, 1, ""}).connect().execute("create table t as select 7 as answer");
  std::optional<Connection> kept = database_->connect();
  bool was_locked = true;
  database_->replace_file(
      [&] {
        was_locked = is_locked();
        std::filesystem::rename(other, path_);
      },
      [&] {
        if (kept && kept->is_invalidated()) kept.reset();
      });
  EXPECT_FALSE(was_locked);
  EXPECT_TRUE(is_locked());
  EXPECT_EQ(database_->connect().query_int64("select answer from t"), 7);
}

TEST_F(Reopen, KeepsTheFileIfReplacingItFails) {
  EXPECT_THROW(database_->replace_file([] { throw std::runtime_error("no"); }, [] {}),
               std::runtime_error);
  EXPECT_EQ(database_->connect().query_int64("select answer from t"), 42);
  EXPECT_TRUE(is_locked());
}

}  // namespace
}  // namespace gsa::duck
