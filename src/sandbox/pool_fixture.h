#pragma once

// For tests: a snapshot of two tables, made once per process, and pools that read it.

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"
#include "sandbox/pool.h"

namespace gsa::sandbox {

class SnapshotFolder {
 public:
  static SnapshotFolder& instance() {
    static SnapshotFolder& folder = *new SnapshotFolder;
    return folder;
  }
  static std::filesystem::path path() {
    return std::filesystem::temp_directory_path() / fmt::format("gsa-sandbox-test-{}", getpid());
  }
  // Replaces the snapshot by one of `publication`.
  Snapshot publish(std::int64_t publication) {
    const std::string fresh = (path() / "fresh.duckdb").string();
    duck::DatabaseOptions options;
    options.path = fresh;
    duck::Database(options).connect().execute(
        fmt::format("create table fct_sessions as select range as session_id, range % 5 as points, "
                    "'session ' || range as name from range(10000);"
                    "create view of_publication as select {} as publication; "
                    "create table __gsa_new__fct_sessions as select 1 as a; "
                    "create schema ops; create table ops.runs as select 1 as run_id; checkpoint",
                    publication));
    std::filesystem::rename(fresh, path() / "w.read.duckdb");
    newest_ = {(path() / "w.read.duckdb").string(), publication, ++version_};
    return newest_;
  }
  const Snapshot& newest() const { return newest_; }

 private:
  SnapshotFolder() {
    std::filesystem::create_directories(path());
    publish(1);
  }
  Snapshot newest_;
  std::uint64_t version_ = 0;
};

// Removes the folder after the last test.
class RemoveSnapshotFolder : public testing::Environment {
  void TearDown() override {
    std::error_code none;
    std::filesystem::remove_all(SnapshotFolder::path(), none);
  }
};
inline testing::Environment* const kRemoveSnapshotFolder =
    testing::AddGlobalTestEnvironment(new RemoveSnapshotFolder);

inline Settings test_settings() {
  static int pools = 0;
  Settings settings;
  SnapshotFolder::instance();
  settings.folder = (SnapshotFolder::path() / fmt::format("pool-{}", ++pools)).string();
  settings.threads = 2;
  settings.temporary_bytes = std::int64_t{64} << 20;
  return settings;
}

inline std::unique_ptr<Pool> make_pool(const Settings& settings = test_settings()) {
  return std::make_unique<Pool>(settings, [] { return SnapshotFolder::instance().newest(); });
}

// The pool that most tests use.
inline Pool& pool() {
  static Pool& pool = *make_pool().release();
  return pool;
}

struct Outcome {
  std::string rows;                    // as JSON, if there was an answer
  std::optional<FailureKind> failure;  // if there was none
  std::string message;
  double seconds = 0;
};

inline Outcome ask(Pool& pool, const std::string& sql,
                   std::chrono::milliseconds time = std::chrono::seconds(60)) {
  Query query;
  query.sql = sql;
  query.time = time;
  query.max_bytes = 1'000'000;
  const auto begun = std::chrono::steady_clock::now();
  Outcome outcome;
  try {
    outcome.rows = pool.run(query, [] { return false; }).rows.rows;
  } catch (const Failure& failure) {
    outcome.failure = failure.kind();
    outcome.message = failure.message();
  }
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return outcome;
}

inline Outcome ask(const std::string& sql) { return ask(pool(), sql); }

}  // namespace gsa::sandbox
