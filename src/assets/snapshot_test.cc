#include "assets/snapshot.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assets/records_schema.h"
#include "assets/warehouse.h"
#include "base/error.h"

namespace gsa::assets {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRows = 300'000;  // too many for the WAL: DuckDB writes them to blocks

class SnapshotOfWarehouse : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("gsa_snapshot_{}", getpid());
    fs::remove_all(folder_);
    path_ = (folder_ / "w.duckdb").string();
    database_ = std::make_unique<duck::Database>(open_warehouse({path_, 2, ""}, Access::write));
    duck::Connection connection = database_->connect();
    create_records(connection);
    snapshots_ = std::make_unique<Snapshots>([this] { return *database_; }, path_);
  }
  void TearDown() override {
    snapshots_.reset();
    database_.reset();
    fs::remove_all(folder_);
  }

  // Replaces table `numbers`, with `value` in all rows, like a run.
  void publish(duck::Connection& connection, int value) const {
    connection.execute(
        fmt::format("create or replace table __gsa_new__numbers as select {}::bigint as value, "
                    "hash(range) as filler from range({})",
                    value, kRows));
    connection.execute(fmt::format(
        "begin transaction; drop table if exists numbers; "
        "alter table __gsa_new__numbers rename to numbers; "
        "insert into ops.runs (run_id, status, published, ended_at) values ({}, 'success', true, "
        "timestamp '2025-12-24' + to_seconds({})); commit",
        value, value));
  }
  void publish(int value) const {
    duck::Connection connection = database_->connect();
    publish(connection, value);
  }
  static duck::Database open(const std::string& path) {
    return duck::Database({path, true, 1, ""});
  }
  static std::int64_t ask(const std::string& path, const std::string& sql) {
    return open(path).connect().query_int64(sql);
  }
  // The snapshot's description matches its contents: `value` in every row.
  static void expect_whole(const Snapshot& snapshot) {
    duck::Connection connection = open(snapshot.path).connect();
    EXPECT_EQ(connection.query_int64("select count(*) from numbers"), kRows);
    EXPECT_EQ(connection.query_int64("select count(distinct filler) from numbers"), kRows);
    EXPECT_EQ(connection.query_int64("select min(value) from numbers"), snapshot.publication);
    EXPECT_EQ(connection.query_int64("select max(value) from numbers"), snapshot.publication);
    EXPECT_EQ(connection.query_int64("select count(*) from duckdb_tables() where "
                                     "starts_with(table_name, '__gsa_new__')"),
              0);
  }

  fs::path folder_;
  std::string path_;
  std::unique_ptr<duck::Database> database_;
  std::unique_ptr<Snapshots> snapshots_;
};

TEST(SnapshotPath, StandsBesideTheWarehouse) {
  EXPECT_EQ(snapshot_path("data/warehouse.duckdb"), "data/warehouse.read.duckdb");
  EXPECT_EQ(snapshot_path("w"), "w.read");
  EXPECT_EQ(snapshot_path("/a.b/w.db"), "/a.b/w.read.db");
}

TEST_F(SnapshotOfWarehouse, HoldsWhatIsPublishedAndNothingHidden) {
  publish(1);
  duck::Connection connection = database_->connect();
  connection.execute("create table __gsa_new__numbers as select 7 as value from range(200000)");
  connection.execute("create schema partitions; create table partitions.__gsa_new__p as select 1");
  const Snapshot snapshot = snapshots_->current();
  EXPECT_EQ(snapshot.path, (folder_ / "w.read.duckdb").string());
  EXPECT_EQ(snapshot.publication, 1);
  expect_whole(snapshot);
  EXPECT_EQ(connection.query_int64("select count(*) from __gsa_new__numbers"), 200'000);
  EXPECT_FALSE(fs::exists(snapshot.path + ".wal"));
  EXPECT_FALSE(fs::exists(snapshot.path + ".part"));
}

TEST_F(SnapshotOfWarehouse, IsMadeAnewOnlyWhereTheWarehouseChanged) {
  publish(1);
  const Snapshot first = snapshots_->current();
  EXPECT_EQ(snapshots_->current().version, first.version);
  publish(2);
  const Snapshot second = snapshots_->current();
  EXPECT_EQ(second.publication, 2);
  EXPECT_NE(second.version, first.version);
  expect_whole(second);
}

TEST_F(SnapshotOfWarehouse, IsMadeAnewWhereARunBeganOrEndedThatPublishedNothing) {
  publish(1);
  duck::Connection connection = database_->connect();
  connection.execute("insert into ops.runs (run_id, status) values (2, 'running')");
  const Snapshot first = snapshots_->current();
  EXPECT_EQ(ask(first.path, "select count(*) from ops.runs where status = 'running'"), 1);
  connection.execute("create table __gsa_new__numbers as select 1 as one");
  EXPECT_EQ(snapshots_->current().version, first.version);
  connection.execute(
      "update ops.runs set status = 'failed', ended_at = now()::timestamp "
      "where run_id = 2");
  const Snapshot second = snapshots_->current();
  EXPECT_NE(second.version, first.version);
  EXPECT_EQ(ask(second.path, "select count(*) from ops.runs where status = 'failed'"), 1);
}

TEST_F(SnapshotOfWarehouse, LeavesReadersOfAnOlderOneWhatTheyHave) {
  publish(1);
  const duck::Database held = open(snapshots_->current().path);
  duck::Connection reader = held.connect();
  publish(2);
  snapshots_->current();
  EXPECT_EQ(reader.query_int64("select max(value) from numbers"), 1);
}

// Opening and closing the file once more in this process would have let others write to it.
TEST_F(SnapshotOfWarehouse, KeepsTheLockOnTheWarehouse) {
  publish(1);
  snapshots_->current();
  const pid_t child = fork();
  if (child == 0) {
    const int file = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    struct flock lock {};
    lock.l_type = F_WRLCK;
    const bool asked = fcntl(file, F_GETLK, &lock) == 0;
    _exit(asked && lock.l_type != F_UNLCK ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << "nobody holds a lock on the warehouse";
}

TEST_F(SnapshotOfWarehouse, IsWholeWhileARunWritesAndPublishes) {
  publish(1);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    duck::Connection connection = database_->connect();
    for (int value = 2; !stop; ++value) {
      publish(connection, value);
      connection.execute(
          "create or replace table __gsa_new__other as select random() as r from "
          "range(400000)");
      if (value % 2 == 0) connection.execute("checkpoint");
      connection.execute("drop table __gsa_new__other");
    }
  });
  for (int i = 0; i < 2; ++i) {
    try {
      expect_whole(snapshots_->current());
    } catch (const Error& error) {
      EXPECT_NE(error.message().find("changed during each attempt"), std::string::npos)
          << error.message();
    }
  }
  stop = true;
  writer.join();
  expect_whole(snapshots_->current());
}

TEST_F(SnapshotOfWarehouse, ReplacesOneThatIsDamagedOrMissing) {
  publish(1);
  const Snapshot first = snapshots_->current();
  std::ofstream(first.path) << "no database";
  expect_whole(snapshots_->current());
  fs::remove(first.path);
  expect_whole(snapshots_->current());
  fs::resize_file(first.path, fs::file_size(first.path) / 2);
  expect_whole(snapshots_->current());
}

// Another process may have made it, from another warehouse.
TEST_F(SnapshotOfWarehouse, TrustsNoneThatItDidNotMake) {
  publish(1);
  std::ofstream(snapshot_path(path_)) << "no database";
  std::ofstream(snapshot_path(path_) + ".wal") << "no wal";
  expect_whole(snapshots_->current());
}

TEST_F(SnapshotOfWarehouse, FollowsNoLinkThatIsInItsPlace) {
  publish(1);
  const fs::path other = folder_ / "other";
  std::ofstream(other) << "mine";
  fs::create_symlink(other, snapshot_path(path_));
  fs::create_symlink(folder_, snapshot_path(path_) + ".part");
  expect_whole(snapshots_->current());
  EXPECT_FALSE(fs::is_symlink(snapshot_path(path_)));
  EXPECT_EQ(fs::file_size(other), 4);
}

TEST_F(SnapshotOfWarehouse, IsAsPrivateAsTheWarehouse) {
  publish(1);
  fs::permissions(path_, fs::perms::owner_read | fs::perms::owner_write);
  const Snapshot snapshot = snapshots_->current();
  EXPECT_EQ(fs::status(snapshot.path).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(SnapshotOfWarehouse, RemovesWhatAKilledProcessLeft) {
  const std::string part = snapshot_path(path_) + ".part";
  fs::create_directory(part);
  std::ofstream(part + "/snapshot.duckdb") << "half";
  snapshots_.reset();
  database_.reset();
  database_ = std::make_unique<duck::Database>(open_warehouse({path_, 1, ""}, Access::change));
  EXPECT_FALSE(fs::exists(part));
}

TEST_F(SnapshotOfWarehouse, SaysThatTheDiskIsFullAndHarmsNothing) {
  publish(1);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = rlim_t{1} << 20U;
  setrlimit(RLIMIT_FSIZE, &small);
  try {
    snapshots_->current();
    ADD_FAILURE() << "it was made";
  } catch (const Error& error) {
    EXPECT_NE(error.hint().find("make room"), std::string::npos) << error.message();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_FALSE(fs::exists(snapshot_path(path_)));
  EXPECT_FALSE(fs::exists(snapshot_path(path_) + ".part"));
  expect_whole(snapshots_->current());
}

TEST_F(SnapshotOfWarehouse, IsRenewedByARunOnlyWhereSomebodyWantedOne) {
  publish(1);
  renew_snapshot(*database_, path_);
  EXPECT_FALSE(fs::exists(snapshot_path(path_)));
  snapshots_->current();
  publish(2);
  renew_snapshot(*database_, path_);
  EXPECT_EQ(ask(snapshot_path(path_), "select max(value) from numbers"), 2);
}

TEST_F(SnapshotOfWarehouse, IsPreparedInTheBackground) {
  publish(1);
  snapshots_->keep_current();
  EXPECT_FALSE(fs::exists(snapshot_path(path_)));
  snapshots_->prepare();
  snapshots_->prepare();
  snapshots_.reset();  // waits
  EXPECT_EQ(ask(snapshot_path(path_), "select max(value) from numbers"), 1);
}

}  // namespace
}  // namespace gsa::assets
