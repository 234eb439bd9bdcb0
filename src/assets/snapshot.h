#pragma once

// The snapshot: a whole DuckDB file beside the warehouse with what readers see of its last
// publication. DuckDB locks the warehouse against every other process while one has it open to
// write; the snapshot has no writer, so any tool may open it read-only at any time.
//
// A new snapshot takes the name of the old one by rename: who has the old one open keeps it. The
// bytes are those of the warehouse (a reflink where the file system can, else a copy), without the
// hidden relations of a run that is going on. Only who has the warehouse open to write makes one.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <sys/stat.h>
#include <thread>

#include "duck/database.h"

namespace gsa::assets {

// "data/warehouse.duckdb" -> "data/warehouse.read.duckdb"
std::string snapshot_path(const std::string& warehouse);

struct Snapshot {
  std::string path;
  std::int64_t publication = 0;  // the run that published; 0: none has
  std::uint64_t version = 0;     // another for every file that took the path, from 1
};

// What was published, and which runs have begun and ended: a snapshot with another state than the
// warehouse is stale. What a run does until it ends does not count.
struct PublishedState {
  std::int64_t publication = 0;
  std::string published_at;  // "2025-12-24 18:30:00", empty where nothing was published
  std::string state;
};
PublishedState published_state(duck::Connection& connection);

// The snapshots of a warehouse that this process has open to write. Threads may share it.
class Snapshots {
 public:
  // `open` gives the warehouse at `path`. `failed` is told where one could not be made in the
  // background.
  using Open = std::function<duck::Database()>;
  using Failed = std::function<void(const std::exception&)>;
  Snapshots(Open open, std::string path, Failed failed = {});
  ~Snapshots();  // waits for the one that is being made
  Snapshots(const Snapshots&) = delete;
  Snapshots& operator=(const Snapshots&) = delete;

  // The current one. Makes it first where there is none, or one that is stale or was changed by
  // others, which takes as long as copying the warehouse; callers that come meanwhile wait for the
  // same. Throws Error where it cannot be made, as on a full disk: the warehouse is unharmed.
  Snapshot current();

  // Makes it in the background, so that the next who asks need not wait.
  void prepare();
  // The same where there is one already: somebody wanted it once.
  void keep_current();

 private:
  struct Identity {  // of a file and its contents
    std::uint64_t device = 0, inode = 0;
    std::int64_t bytes = 0, seconds = 0, nanoseconds = 0;
    bool operator==(const Identity&) const = default;
  };
  static Identity identity_of(const std::string& path);
  bool is_current(const PublishedState& now) const;
  void work();

  const Open open_;
  const std::string warehouse_, path_;
  const Failed failed_;

  std::mutex making_;  // of what follows
  Snapshot made_;
  std::string state_;
  Identity identity_;

  std::mutex mutex_;  // of what follows
  bool busy_ = false, again_ = false;
  std::thread background_;
};

// Makes the snapshot anew where there is one. For a process that has just published and is about
// to close the warehouse.
void renew_snapshot(const duck::Database& database, const std::string& warehouse);

// Removes what a killed process left of a snapshot that it was making. The caller has the warehouse
// open to write, so that nobody else makes one.
void remove_unfinished_snapshot(const std::string& warehouse);

}  // namespace gsa::assets
