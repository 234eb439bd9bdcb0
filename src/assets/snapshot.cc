#include "assets/snapshot.h"

#include <chrono>
#include <exception>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "assets/part_folder.h"
#include "assets/snapshot_copy.h"
#include "assets/warehouse.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

namespace fs = std::filesystem;

// With checkpoints suspended, an attempt fails only if a checkpoint was already under way or a run
// published meanwhile. More failures than this mean that something is wrong.
constexpr int kAttempts = 10;
constexpr auto kPause = std::chrono::milliseconds(50);

// By default DuckDB would let the second instance take most of the memory, for a moment's work.
constexpr const char* kMemory = "1GB";

void remove_file(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

// While it exists, no commit starts a checkpoint, so the blocks that the file's header refers to
// stay.
class NoCheckpoints {
 public:
  explicit NoCheckpoints(duck::Connection& connection) : connection_(connection) {
    connection.execute("set global checkpoint_threshold = '1TB'");
  }
  ~NoCheckpoints() {
    try {
      connection_.execute("reset global checkpoint_threshold");
    } catch (const Error&) {
      return;  // a broken instance; it will be reopened
    }
  }
  NoCheckpoints(const NoCheckpoints&) = delete;
  NoCheckpoints& operator=(const NoCheckpoints&) = delete;

 private:
  duck::Connection& connection_;
};

// Replays the WAL of the copy and keeps only what readers see. Returns the state of the copy.
PublishedState finish(const std::string& file) {
  duck::DatabaseOptions options;
  options.path = file;
  options.threads = 1;
  options.memory_limit = kMemory;
  options.watches_progress = false;
  const duck::Database database(options);
  duck::Connection connection = database.connect();
  drop_hidden(connection, [](const std::string&, const std::string&) { return true; });
  PublishedState state = published_state(connection);
  connection.execute("checkpoint");
  return state;
}

// One attempt; nullopt if the warehouse changed meanwhile.
std::optional<PublishedState> try_to_copy(duck::Connection& connection,
                                          const std::string& warehouse, const std::string& file) {
  const PublishedState before = published_state(connection);
  if (!copy_database_file(warehouse, file)) return std::nullopt;
  if (published_state(connection).state != before.state) return std::nullopt;
  try {
    PublishedState copied = finish(file);
    if (copied.state == before.state) return copied;
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::disk_full) throw;
    // Expected: blocks of a hidden table that was dropped meanwhile may hold anything.
  }
  return std::nullopt;
}

PublishedState make(const duck::Database& database, const std::string& warehouse,
                    const std::string& snapshot) {
  duck::Connection connection = database.connect();
  const NoCheckpoints suspended(connection);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(kPause);
    const PartFolder part(snapshot);
    const auto copied = try_to_copy(connection, warehouse, part.file());
    if (!copied) continue;
    put_in_place(part.file(), snapshot, warehouse);
    return *copied;
  }
  throw Error("cannot make a snapshot of the warehouse: it changed during each attempt",
              "try again when the run has ended");
}

}  // namespace

std::string snapshot_path(const std::string& warehouse) {
  const fs::path path = warehouse;
  return (path.parent_path() / path.stem()).string() + ".read" + path.extension().string();
}

Snapshots::Snapshots(Open open, std::string path, Failed failed)
    : open_(std::move(open)),
      warehouse_(std::move(path)),
      path_(snapshot_path(warehouse_)),
      failed_(std::move(failed)) {}

Snapshots::~Snapshots() {
  if (background_.joinable()) background_.join();
}

Snapshots::Identity Snapshots::identity_of(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

// A snapshot that this process did not make never counts as current: verifying all its blocks would
// take longer than making a new one.
bool Snapshots::is_current(const PublishedState& now) const {
  return made_.version > 0 && state_ == now.state && identity_ == identity_of(path_);
}

Snapshot Snapshots::current() {
  const std::lock_guard lock(making_);
  return make_current();
}

Snapshot Snapshots::make_current() {
  const duck::Database database = open_();
  {
    duck::Connection connection = database.connect();
    if (is_current(published_state(connection))) return made_;
  }
  const PublishedState state = make(database, warehouse_, path_);
  made_ = {path_, state.publication, made_.version + 1};
  state_ = state.state;
  identity_ = identity_of(path_);
  return made_;
}

void Snapshots::prepare() {
  const std::lock_guard lock(mutex_);
  if (busy_) {
    again_ = true;
    return;
  }
  if (background_.joinable()) background_.join();
  busy_ = true;
  background_ = std::thread([this] { work(); });
}

void Snapshots::work() {
  for (;;) {
    try {
      current();
    } catch (const std::exception& error) {
      if (failed_) failed_(error);
    }
    const std::lock_guard lock(mutex_);
    if (!std::exchange(again_, false)) {
      busy_ = false;
      return;
    }
  }
}

void Snapshots::keep_current() {
  if (identity_of(path_) != Identity{}) prepare();
}

void Snapshots::renew_after(const std::function<void()>& act) {
  const std::lock_guard lock(making_);
  act();
  state_.clear();
  if (identity_of(path_) == Identity{}) return;
  try {
    make_current();
  } catch (const Error&) {
    remove_file(path_);
  }
}

void renew_snapshot(const duck::Database& database, const std::string& warehouse) {
  const std::string path = snapshot_path(warehouse);
  std::error_code ignored;
  if (fs::exists(path, ignored)) make(database, warehouse, path);
}

void renew_or_remove_snapshot(const duck::Database& database, const std::string& warehouse) {
  try {
    renew_snapshot(database, warehouse);
  } catch (const Error&) {
    remove_file(snapshot_path(warehouse));
  }
}

void remove_unfinished_snapshot(const std::string& warehouse) {
  remove_part_folder(snapshot_path(warehouse));
}

}  // namespace gsa::assets
