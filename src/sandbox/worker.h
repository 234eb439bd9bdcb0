#pragma once

// The process that runs a reader's queries, one at a time: the same binary, started ahead by
// worker_process.h. It opens an empty DuckDB with one thread, waits for a snapshot, confines itself
// (confine.h), opens the snapshot, and starts DuckDB's other threads, which are therefore confined
// as well. Then it takes queries. It dies with its parent, when the socket closes, or by SIGKILL.

#include <cstdint>
#include <optional>
#include <string>

#include "sandbox/channel.h"
#include "sandbox/guard.h"

namespace gsa::sandbox {

// main() must call this before anything else. If the process was started as a worker, works as one
// and returns its exit code; otherwise returns null. A program that has a Pool but does not call
// this would start itself again with every worker.
std::optional<int> worker_main(int argc, char** argv);

// The first argument of a worker process.
inline constexpr const char* kWorkerArgument = "--sandbox-worker";
// The worker's socket. Lower descriptors are open on /dev/null.
inline constexpr int kWorkerSocket = 3;
// The exit code after running out of memory where no error could be thrown.
inline constexpr int kOutOfMemoryExit = 71;

struct WorkerSettings {
  std::string folder;              // for temporary files; must exist
  std::string database;            // the snapshot's name in queries
  std::int64_t memory_bytes = 0;   // DuckDB's limit
  std::int64_t outside_bytes = 0;  // memory that DuckDB does not count
  std::int64_t temporary_bytes = 0;
  int threads = 0;                // 0: as many as there are cores
  Rules rules = Rules::confined;  // strict: without Landlock and seccomp
};
Frame frame_of(const WorkerSettings& settings);
std::optional<WorkerSettings> settings_of(const Frame& frame);

}  // namespace gsa::sandbox
