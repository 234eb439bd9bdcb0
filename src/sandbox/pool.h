#pragma once

// The workers of a server (worker.h). A reader's query takes a worker, waits for its answer, and
// kills it if it does not stop in time. Whatever happens to a worker affects only its own query.
//
// The pool keeps one more worker started than there are queries, up to Settings::workers. Workers
// that nobody needed for half a minute end, except one that has not opened a snapshot. A worker
// reads one snapshot: after the first query on a new snapshot, workers of the old one end as soon
// as their queries have.
//
// One thread of the pool starts all workers, because they die with the thread that starts them.

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

// A DuckDB file that nobody writes to. If another file takes its path, that one has another
// version.
struct Snapshot {
  std::string path;
  std::int64_t publication = 0;
  std::uint64_t version = 0;  // never 0
};

struct Settings {
  // For the workers' temporary files; created if missing. The pool removes what earlier pools left
  // there, so only one pool at a time may use it.
  std::string folder;
  std::string database = "warehouse";  // the snapshot's name in queries
  std::size_t workers = 4;             // also the limit on concurrent queries
  std::int64_t memory_bytes = 0;       // for all workers together
  std::int64_t temporary_bytes = 0;    // of disk, for each worker; 0: a share of the free disk
  int threads = 0;                     // for each worker; 0: as many as there are cores
  Rules rules = Rules::confined;       // strict: as if the system could not confine workers
};

// The least memory that a worker can work with: DuckDB's share, and what DuckDB does not count.
inline constexpr std::int64_t kLeastMemory = std::int64_t{384} << 20;

// Any thread may call the public functions at any time.
class Pool {
 public:
  // Called before every query. May be slow, and may throw Error.
  using CurrentSnapshot = std::function<Snapshot()>;
  Pool(Settings settings, CurrentSnapshot snapshot);
  ~Pool();  // all queries must have ended
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Runs a query and blocks until its answer. A running query is over 0.3 s after its deadline, or
  // after `is_cancelled`, which is polled, returns true. Throws Failure: busy if all workers have a
  // query.
  Answer run(const Query& query, const std::function<bool()>& is_cancelled);

  // What a confined worker can still do (probe.h); for tests.
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
  // mutex_ guards this and all members below.
  std::vector<Idle> idle_;
  std::vector<std::unique_ptr<WorkerProcess>> ended_;  // their ends are still to be waited for
  std::vector<WorkerProcess*> leased_;
  std::size_t queries_ = 0;
  Snapshot newest_;
  Clock::time_point asked_;  // the last request for a worker
  std::uint64_t next_name_ = 1;
  std::string why_not_;  // why the last start failed; "" if it did not
  bool stops_ = false;
  std::thread keeper_;
};

}  // namespace gsa::sandbox
