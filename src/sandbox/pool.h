#pragma once

// The workers of a server (worker.h): a reader's query takes one, waits for its answer, and ends it
// where it does not stop when it should. Whatever becomes of a worker costs its own query alone.
//
// One worker more than there are queries is kept started ahead, up to Settings::workers; those that
// nobody needed for half a minute end, but for one that has not opened a snapshot. A worker reads
// one snapshot: with the first query on a new one, those of the old end as soon as their queries
// have.
//
// All workers are started by one thread of the pool's own, since they die with it.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sandbox/query.h"
#include "sandbox/worker_process.h"

namespace gsa::sandbox {

// A DuckDB file that nobody writes to. Another file may take its path, and then has another
// version.
struct Snapshot {
  std::string path;
  std::int64_t publication = 0;
  std::uint64_t version = 0;  // not 0
};

struct Settings {
  // For temporary files of workers; made where it is missing. What other pools left there goes:
  // only one pool may have it at a time.
  std::string folder;
  std::string database = "warehouse";  // the snapshot's name in queries
  std::size_t workers = 4;             // and queries at a time
  std::int64_t memory_bytes = 0;       // of all workers together
  std::int64_t temporary_bytes = 0;    // of disk, of each; 0: a share of what is free
  int threads = 0;                     // of each; 0: as many as there are cores
  Rules rules = Rules::confined;       // strict: as where the system lacks what confines them
};

// The least that a worker works with: DuckDB's share and what it does not count.
inline constexpr std::int64_t kLeastMemory = std::int64_t{384} << 20;

class Pool {
 public:
  // Asked before every query; may take its time, and throw Error.
  using CurrentSnapshot = std::function<Snapshot()>;
  Pool(Settings settings, CurrentSnapshot snapshot);
  ~Pool();  // all queries have ended
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Any thread. `is_cancelled` is asked again and again. Throws Failure.
  Answer run(const Query& query, const std::function<bool()>& is_cancelled);

  // What a confined worker can still do (probe.h).
  std::vector<std::string> probe();
  std::vector<pid_t> pids() const;
  std::int64_t resident_bytes() const;  // of all workers

 private:
  using Clock = std::chrono::steady_clock;
  class Lease;
  struct Idle {
    std::unique_ptr<WorkerProcess> worker;
    Clock::time_point since;
  };

  std::unique_ptr<WorkerProcess> take(const Snapshot& snapshot, Clock::time_point deadline,
                                      const std::function<bool()>& is_cancelled);
  std::unique_ptr<WorkerProcess> take_idle();
  Snapshot current_snapshot() const;
  void give_back(std::unique_ptr<WorkerProcess> worker, bool is_usable);
  void keep();
  bool wants_another() const;
  void start_one(std::unique_lock<std::mutex>& lock);
  void end_needless();
  bool fits(const WorkerProcess& worker) const;
  WorkerSettings next_worker();

  const Settings settings_;
  const CurrentSnapshot snapshot_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_, as all that follows.
  std::vector<Idle> idle_;
  std::vector<std::unique_ptr<WorkerProcess>> ended_;  // to be waited for
  std::vector<WorkerProcess*> leased_;
  std::size_t queries_ = 0;
  Snapshot newest_;
  Clock::time_point asked_;  // for a worker, last
  std::uint64_t next_name_ = 1;
  std::string why_not_;  // the last could not be started
  bool stops_ = false;
  std::thread keeper_;
};

}  // namespace gsa::sandbox
