#pragma once

// The snapshot: a DuckDB file beside the warehouse with what readers see of its last publication.
// While a process has the warehouse open to write, DuckDB locks out every other process. The
// snapshot has no writer, so any tool may open it read-only at any time.
//
// A new snapshot replaces the old one by rename; readers that have the old file open keep it. Its
// bytes are those of the warehouse (a reflink if the file system supports it, otherwise a copy),
// without the hidden relations of a run in progress. Only the process that has the warehouse open
// to write makes snapshots.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <sys/stat.h>
#include <thread>

#include "assets/history.h"
#include "duck/database.h"

namespace gsa::assets {

// "data/warehouse.duckdb" -> "data/warehouse.read.duckdb"
std::string snapshot_path(const std::string& warehouse);

struct Snapshot {
  std::string path;
  std::int64_t publication = 0;  // id of the run that published; 0: none
  std::uint64_t version = 0;     // from 1; differs for every file that took the path
};

// The snapshots of a warehouse that this process has open to write. Any thread may call any
// function.
class Snapshots {
 public:
  // `open` returns the warehouse at `path`. `failed` receives the exception if making one in the
  // background fails, on that thread.
  using Open = std::function<duck::Database()>;
  using Failed = std::function<void(const std::exception&)>;
  Snapshots(Open open, std::string path, Failed failed = {});
  ~Snapshots();  // waits for a snapshot in progress
  Snapshots(const Snapshots&) = delete;
  Snapshots& operator=(const Snapshots&) = delete;

  // The current snapshot. Makes one first if there is none, if it is stale, or if another process
  // changed it; that takes as long as copying the warehouse, and concurrent callers wait for the
  // same copy. Throws Error if it cannot be made, for example on a full disk; the warehouse is
  // unharmed.
  Snapshot current();

  // Makes it in the background, so that the next call of current() need not wait.
  void prepare();
  // The same, but only if a snapshot exists: somebody has wanted one before.
  void keep_current();
  // Calls `act` while no snapshot is being made. If there is one, replaces it by one of the
  // warehouse as it is then, whether that publishes something else or not; if that fails, removes
  // it, because it must not stand.
  void renew_after(const std::function<void()>& act);

 private:
  struct Identity {  // of a file and its contents
    std::uint64_t device = 0, inode = 0;
    std::int64_t bytes = 0, seconds = 0, nanoseconds = 0;
    bool operator==(const Identity&) const = default;
  };
  static Identity identity_of(const std::string& path);
  bool is_current(const PublishedState& now) const;
  Snapshot make_current();  // the caller holds making_
  void work();

  const Open open_;
  const std::string warehouse_, path_;
  const Failed failed_;

  std::mutex making_;  // guards the members below
  Snapshot made_;
  std::string state_;
  Identity identity_;

  std::mutex mutex_;  // guards the members below
  bool busy_ = false, again_ = false;
  std::thread background_;
};

// Makes a new snapshot if there is an old one. For a process that has just published and is about
// to close the warehouse.
void renew_snapshot(const duck::Database& database, const std::string& warehouse);

// The same; if it fails, removes the old one, because it must not stand.
void renew_or_remove_snapshot(const duck::Database& database, const std::string& warehouse);

// Removes the unfinished snapshot of a killed process. The caller has the warehouse open to write,
// so no other process is making one.
void remove_unfinished_snapshot(const std::string& warehouse);

}  // namespace gsa::assets
