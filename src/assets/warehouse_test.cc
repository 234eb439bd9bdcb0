#include "assets/warehouse.h"

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "assets/publication.h"
#include "base/error.h"
#include "base/fd.h"

namespace gsa::assets {
namespace {

namespace fs = std::filesystem;

class Warehouse : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("gsa_warehouse_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    path_ = (folder_ / "w.duckdb").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  WarehouseOptions options() const { return {path_, 1, ""}; }
  std::string refusal(Access access) const {
    try {
      open_warehouse(options(), access);
    } catch (const Error& error) {
      return error.message() + "\n" + error.hint();
    }
    return "opened";
  }
  void write(const std::string& text) const {
    fs::create_directories(folder_);
    std::ofstream(path_) << text;
  }

  fs::path folder_;
  std::string path_;
};

Provenance provenance() {
  return {"synthetic", "", 10, 10, 0, 2, 42, "simulated", "2025-12", "built-in", "", {}};
}

PublishedRelation made_as(const std::string& name) { return {"main", name, "", {name, ""}, 1}; }

TEST_F(Warehouse, IsMadeWithItsFolderWhenWritten) {
  open_warehouse(options(), Access::write);
  EXPECT_TRUE(fs::exists(path_));
}

TEST_F(Warehouse, SaysWhatIsWrongWithThePath) {
  EXPECT_EQ(refusal(Access::read), "there is no warehouse at " + path_ +
                                       "\nmake one with: gsa run   (or name it with --warehouse)");
  fs::create_directories(path_);
  EXPECT_NE(refusal(Access::write).find("is a folder, not a warehouse file"), std::string::npos);
}

TEST_F(Warehouse, RefusesAFileThatIsNotDuckDb) {
  write("just some text that is long enough to be looked at as if it were a database file header");
  EXPECT_NE(refusal(Access::read).find("is not a warehouse: it is not a DuckDB file"),
            std::string::npos);
  EXPECT_NE(refusal(Access::write).find("is not a warehouse: it is not a DuckDB file"),
            std::string::npos);
}

TEST_F(Warehouse, ThatIsEmptyOrWasNeverFinishedIsMadeByWhoWrites) {
  write("");
  EXPECT_EQ(refusal(Access::read),
            path_ +
                " is not a warehouse: the file is empty\nmake one with: gsa run   (or name it "
                "with --warehouse)");
  EXPECT_EQ(refusal(Access::write), "opened");
  EXPECT_EQ(refusal(Access::read), "opened");
  for (const int size : {4096, 8192}) {
    fs::resize_file(path_, static_cast<std::uintmax_t>(size));  // killed between two headers
    fs::remove(path_ + ".wal");
    EXPECT_NE(refusal(Access::read), "opened") << size;
    EXPECT_EQ(refusal(Access::write), "opened") << size;
    EXPECT_EQ(refusal(Access::read), "opened") << size;
  }
}

// Like a process that creates or opens a warehouse in the folder.
Fd lock_folder(const fs::path& folder, int kind) {
  Fd locked(open(folder.c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_EQ(flock(locked.get(), kind), 0);
  return locked;
}

TEST_F(Warehouse, ThatIsBeingMadeIsWaitedFor) {
  open_warehouse(options(), Access::write);
  const fs::path whole = folder_ / "whole";
  fs::rename(path_, whole);
  for (const Access access : {Access::read, Access::write}) {
    write("");  // exists, but is no database yet
    const Fd maker = lock_folder(folder_, LOCK_EX);
    std::future<std::string> other =
        std::async(std::launch::async, [&] { return refusal(access); });
    EXPECT_EQ(other.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
    fs::copy_file(whole, path_, fs::copy_options::overwrite_existing);
    flock(maker.get(), LOCK_UN);
    EXPECT_EQ(other.get(), "opened");
  }
}

TEST_F(Warehouse, IsMadeWhenNobodyIsOpeningOneInItsFolder) {
  fs::create_directories(folder_);
  const Fd reader = lock_folder(folder_, LOCK_SH);
  std::future<std::string> maker =
      std::async(std::launch::async, [&] { return refusal(Access::write); });
  EXPECT_EQ(maker.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  EXPECT_FALSE(fs::exists(path_));
  flock(reader.get(), LOCK_UN);
  EXPECT_EQ(maker.get(), "opened");
}

TEST_F(Warehouse, IsMadeOnlyWhereThatIsConfirmed) {
  WarehouseOptions doubtful = options();
  doubtful.confirm_new = [] { throw Error("not like this"); };
  EXPECT_THROW(open_warehouse(doubtful, Access::write), Error);
  EXPECT_FALSE(fs::exists(folder_));
  fs::create_directories(folder_);
  EXPECT_THROW(open_warehouse(doubtful, Access::write), Error);
  EXPECT_TRUE(fs::is_empty(folder_));
  write("");
  EXPECT_THROW(open_warehouse(doubtful, Access::write), Error);
  EXPECT_EQ(fs::file_size(path_), 0);  // an existing file stays as it was
  EXPECT_EQ(refusal(Access::write), "opened");
  EXPECT_NO_THROW(open_warehouse(doubtful, Access::write));  // an existing file is not validated
}

TEST_F(Warehouse, IsMadeByTheNextWhereItWasNotConfirmed) {
  fs::create_directories(folder_);
  WarehouseOptions doubtful = options();
  std::future<std::string> other;
  doubtful.confirm_new = [&] {
    other = std::async(std::launch::async, [&] { return refusal(Access::write); });
    EXPECT_EQ(other.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
    throw Error("not like this");
  };
  EXPECT_THROW(open_warehouse(doubtful, Access::write), Error);
  EXPECT_EQ(other.get(), "opened");
  EXPECT_EQ(refusal(Access::read), "opened");
}

// Both found no file: the second must not remove what the first has created.
TEST_F(Warehouse, ThatAnotherMadeMeanwhileStays) {
  fs::create_directories(folder_);
  const Fd first = lock_folder(folder_, LOCK_EX);
  WarehouseOptions doubtful = options();
  doubtful.confirm_new = [] { throw Error("not like this"); };
  std::future<void> second = std::async(
      std::launch::async, [&] { const auto opened = open_warehouse(doubtful, Access::write); });
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  { const duck::Database made({path_, false, 1, ""}); }
  flock(first.get(), LOCK_UN);
  EXPECT_NO_THROW(second.get());
  EXPECT_TRUE(fs::exists(path_));
}

TEST_F(Warehouse, RefusesANewerFormat) {
  {
    const duck::Database database = open_warehouse(options(), Access::write);
    duck::Connection connection = database.connect();
    publish(connection, {{}, {}, {}, provenance(), {}});
    connection.execute("update ops.provenance set warehouse_format = 99");
  }
  EXPECT_NE(refusal(Access::read).find("written by a newer version of gsa"), std::string::npos);
}

TEST_F(Warehouse, TakesAnOlderFormatForNothingPublishedAndPublishesAnew) {
  const duck::Database database = open_warehouse(options(), Access::write);
  duck::Connection connection = database.connect();
  publish(connection, {{}, {}, {}, provenance(), {}});
  ASSERT_TRUE(read_provenance(connection));
  connection.execute(
      "create or replace table ops.provenance as select 1 as warehouse_format, 'x' as source");
  EXPECT_FALSE(read_provenance(connection));
  publish(connection, {{}, {}, {}, provenance(), {}});
  EXPECT_TRUE(read_provenance(connection));
}

TEST_F(Warehouse, KeepsWhyTheSourceAndWhatWasOddInIt) {
  const duck::Database database = open_warehouse(options(), Access::write);
  duck::Connection connection = database.connect();
  Provenance made = provenance();
  made.source_reason = "it's in the cache";
  made.findings = {{"rows without a time", "skipped", 7}, {"prompts, odd", "kept", 0}};
  publish(connection, {{}, {}, {}, made, {}});
  const Provenance read = read_provenance(connection).value_or(Provenance{});
  EXPECT_EQ(read.source_reason, "it's in the cache");
  ASSERT_EQ(read.findings.size(), 2u);
  EXPECT_EQ(read.findings[0].what, "rows without a time");
  EXPECT_EQ(read.findings[0].rule, "skipped");
  EXPECT_EQ(read.findings[0].count, 7);
  EXPECT_EQ(read.findings[1].count, 0);
  // A later publication without findings keeps none of these.
  made.findings = {};
  publish(connection, {{}, {}, {}, made, {}});
  const Provenance later = read_provenance(connection).value_or(made);
  EXPECT_EQ(later.source_reason, "it's in the cache");
  EXPECT_TRUE(later.findings.empty());
}

TEST_F(Warehouse, RefusesAReadOnlyFileOnlyForWriting) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write anything";
  open_warehouse(options(), Access::write);
  chmod(path_.c_str(), 0444);
  EXPECT_NE(refusal(Access::write).find("is read-only"), std::string::npos);
  EXPECT_EQ(refusal(Access::read), "opened");
}

TEST_F(Warehouse, PublishesHiddenTablesAndViewsAtOnce) {
  const duck::Database database = open_warehouse(options(), Access::write);
  duck::Connection connection = database.connect();
  connection.execute("create table t as select 1 as i; create table __gsa_new__t as select 2 as i");
  connection.execute("create view __gsa_new__v as select * from __gsa_new__t");
  EXPECT_EQ(connection.query_int64("select i from t"), 1);
  publish(connection, {{{"main", "t", "", {"t", ""}, 1},
                        {"main", "v", "select i * 10 as i from main.t", {"v", ""}, 1}},
                       {},
                       {},
                       provenance(),
                       {}});
  EXPECT_EQ(connection.query_int64("select i from t"), 2);
  EXPECT_EQ(connection.query_int64("select i from v"), 20);
  EXPECT_EQ(connection.query("select name from (show tables)").rows(), 2u);
  EXPECT_EQ(read_provenance(connection).value_or(Provenance{}).seed, 42u);
}

TEST_F(Warehouse, AFailedPublicationChangesNothing) {
  const duck::Database database = open_warehouse(options(), Access::write);
  duck::Connection connection = database.connect();
  connection.execute("create table a as select 1 as i; create table __gsa_new__a as select 2 as i");
  publish(connection, {{}, {}, {}, provenance(), {}});
  EXPECT_THROW(publish(connection, {{made_as("a"), made_as("missing")}, {}, {}, provenance(), {}}),
               Error);
  EXPECT_EQ(connection.query_int64("select i from a"), 1);
  EXPECT_EQ(connection.query_int64("select i from __gsa_new__a"), 2);
}

TEST_F(Warehouse, APublicationDropsWhatIsNeitherMadeNorKept) {
  const duck::Database database = open_warehouse(options(), Access::write);
  duck::Connection connection = database.connect();
  connection.execute("create table mine as select 1 as i");
  connection.execute(
      "create table __gsa_new__a as select 1 as i; create table __gsa_new__b as select 1 as i");
  publish(connection, {{made_as("a"), made_as("b")}, {}, {}, provenance(), {}});
  connection.execute("create table __gsa_new__a as select 2 as i");
  publish(connection, {{made_as("a")}, {made_as("b")}, {}, provenance(), {}});
  EXPECT_EQ(published_relations(connection).size(), 2u);
  connection.execute("create table __gsa_new__a as select 3 as i");
  publish(connection, {{made_as("a")}, {}, {}, provenance(), {}});
  EXPECT_EQ(connection.query("select name from (show tables)").rows(),
            2u);  // a, and the table that is not gsa's
  EXPECT_EQ(connection.query_int64("select i from a"), 3);
}

TEST_F(Warehouse, DropsWhatAKilledRunLeft) {
  {
    const duck::Database database = open_warehouse(options(), Access::write);
    duck::Connection connection = database.connect();
    connection.execute(
        "create table t as select 1 as i; create table __gsa_new__t as select 2 as i");
    connection.execute("create view __gsa_new__v as select * from __gsa_new__t");
  }
  const duck::Database database = open_warehouse(options(), Access::write);
  duck::Connection connection = database.connect();
  EXPECT_EQ(connection.query("select name from (show tables)").rows(), 1u);
}

}  // namespace
}  // namespace gsa::assets
