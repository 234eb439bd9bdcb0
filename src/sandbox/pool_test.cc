#include "sandbox/pool.h"

#include <atomic>
#include <csignal>
#include <filesystem>
#include <future>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "sandbox/confine.h"
#include "sandbox/engine_error.h"
#include "sandbox/pool_fixture.h"

namespace gsa::sandbox {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kEndless = "select sum(hash(range)) from range(1000000000000)";

template <typename Condition>
bool becomes_true(const Condition& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

std::size_t folders_in(const std::string& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder)) ++count;
  return count;
}

TEST(Pool, AnswersAQuery) {
  const Outcome outcome =
      ask("select count(*), sum(points), current_database() from warehouse.main.fct_sessions");
  EXPECT_EQ(outcome.rows, R"([[10000,20000,"warehouse"]])") << outcome.message;
  EXPECT_EQ(ask("select count(*) from __gsa_new__fct_sessions").failure, FailureKind::refused);
}

TEST(Pool, SaysWhereAQueryIsWrong) {
  Query query;
  query.sql = "select 1,\n  pionts from fct_sessions";
  try {
    pool().run(query, [] { return false; });
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), FailureKind::sql);
    EXPECT_EQ(failure.line, 2);
    EXPECT_EQ(failure.column, 3);
  }
}

// Tries forbidden operations from inside a confined worker.
TEST(Pool, AWorkerIsConfined) {
  if (!missing_confinement().empty()) GTEST_SKIP() << missing_confinement();
  const std::vector<std::string> results = pool().probe();
  ASSERT_GT(results.size(), 30);
  const std::set<std::string> possible = {"write temporary=done", "remove temporary=done"};
  for (std::size_t i = 1; i < results.size(); ++i) {
    EXPECT_EQ(results[i].ends_with("=done"), possible.contains(results[i])) << results[i];
  }
}

TEST(Pool, SpillsWithinItsMemory) {
  Settings settings = test_settings();
  settings.temporary_bytes = std::int64_t{2} << 30;
  const auto own = make_pool(settings);
  const Outcome outcome = ask(
      *own,
      "select count(*) from (select distinct hash(range) as h from range(4000000)) where h >= 0");
  EXPECT_EQ(outcome.rows, "[[4000000]]") << outcome.message;
  const Outcome sorted = ask(*own,
                             "select max(n) from (select row_number() over (order by md5("
                             "range::varchar)) as n from range(1000000))");
  EXPECT_EQ(sorted.rows, "[[1000000]]") << sorted.message;
}

TEST(Pool, ThreadsTakeTurns) {
  Settings settings = test_settings();
  settings.workers = 2;
  const auto own = make_pool(settings);
  std::atomic<bool> cancelled = false;
  const auto endless = [&] {
    Query query;
    query.sql = kEndless;
    for (;;) {
      try {
        own->run(query, [&] { return cancelled.load(); });
      } catch (const Failure& failure) {
        // The query below took its place.
        if (failure.kind() != FailureKind::busy) return failure.kind();
      }
    }
  };
  auto first = std::async(std::launch::async, endless);
  auto second = std::async(std::launch::async, endless);
  EXPECT_TRUE(becomes_true([&] { return ask(*own, "select 1").failure == FailureKind::busy; }));
  cancelled = true;
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(first.get(), FailureKind::cancelled);
  EXPECT_EQ(second.get(), FailureKind::cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(has_sanitizer() ? 5 : 1));
  EXPECT_EQ(ask(*own, "select 1").rows, "[[1]]");
}

TEST(Pool, ReadsANewSnapshotOnceThereIsOne) {
  const auto own = make_pool();
  Query query;
  query.sql = "select * from of_publication";
  const auto never = [] { return false; };
  const Answer before = own->run(query, never);
  SnapshotFolder& folder = SnapshotFolder::instance();

  // A query that runs meanwhile ends on the old snapshot.
  Query slow = query;
  slow.sql = "select * from of_publication where sleep_ms(300) is null";
  auto old = std::async(std::launch::async, [&] { return own->run(slow, never).rows.rows; });
  std::this_thread::sleep_for(milliseconds(50));
  const Snapshot next = folder.publish(before.publication + 1);
  const Answer after = own->run(query, never);
  EXPECT_EQ(after.publication, next.publication);
  EXPECT_EQ(after.rows.rows, fmt::format("[[{}]]", next.publication));
  EXPECT_EQ(own->run(query, never).rows.rows, after.rows.rows);
  EXPECT_EQ(old.get(), before.rows.rows);
}

TEST(Pool, KeepsFewWorkersAndNoneThatIsNeedless) {
  Settings settings = test_settings();
  const auto own = make_pool(settings);
  EXPECT_TRUE(becomes_true([&] { return own->pids().size() == 1; })) << "started ahead";
  ask(*own, "select 1");
  EXPECT_TRUE(becomes_true([&] { return !own->pids().empty(); }));
  EXPECT_LE(own->pids().size(), 2);
}

TEST(Pool, RemovesFoldersOfWorkersThatAreGone) {
  const Settings settings = test_settings();
  make_folder(settings.folder + "/worker-1-1");  // left by a server that was killed
  write_file(settings.folder + "/worker-1-1/duckdb_temp_storage.tmp", "x");
  write_file(settings.folder + "/of-somebody-else", "x");
  {
    const auto own = make_pool(settings);
    EXPECT_TRUE(becomes_true([&] { return own->pids().size() == 1; }));
    EXPECT_FALSE(fs::exists(settings.folder + "/worker-1-1"));
    ask(*own, kEndless, milliseconds(50));
    // The deadline may have ended the worker, and the next one takes a while to start.
    std::vector<pid_t> pids;
    ASSERT_TRUE(becomes_true([&] {
      pids = own->pids();
      return !pids.empty();
    }));
    ::kill(pids.front(), SIGKILL);
    EXPECT_TRUE(becomes_true([&] { return ask(*own, "select 1").rows == "[[1]]"; }));
    EXPECT_TRUE(becomes_true([&] { return folders_in(settings.folder) <= 3; }));
  }
  EXPECT_EQ(folders_in(settings.folder), 1);
}

TEST(Pool, SaysWhyThereIsNoSnapshot) {
  const Pool::CurrentSnapshot none = []() -> Snapshot { throw Error("the disk is full"); };
  Pool own(test_settings(), none);
  const Outcome outcome = ask(own, "select 1");
  EXPECT_EQ(outcome.failure, FailureKind::unavailable);
  EXPECT_EQ(outcome.message, "cannot make the snapshot that queries read: the disk is full");
  const Pool::CurrentSnapshot missing = [] { return Snapshot{"/nowhere/w.duckdb", 1, 1}; };
  Pool other(test_settings(), missing);
  EXPECT_EQ(ask(other, "select 1").failure, FailureKind::unavailable);
}

TEST(EngineError, TellsNoPathOfTheServer) {
  EXPECT_EQ(without_paths("Cannot open file \"/data/w.duckdb.tmp/x\": no", "select 1"),
            "Cannot open file \"…\": no");
  EXPECT_EQ(without_paths("no file '/etc/passwd' and 1/2 or a / b", "from '/etc/passwd'"),
            "no file '/etc/passwd' and 1/2 or a / b");
}

}  // namespace
}  // namespace gsa::sandbox
