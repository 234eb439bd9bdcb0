#pragma once

// The server's side of a worker (worker.h). One thread at a time may use it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "sandbox/channel.h"
#include "sandbox/query.h"
#include "sandbox/worker.h"

namespace gsa::sandbox {

class WorkerProcess {
 public:
  // Starts the process and makes settings.folder for it; does not wait until it is ready. The
  // worker dies with the calling thread, so that thread must live as long as the worker is needed.
  // Throws Error.
  explicit WorkerProcess(const WorkerSettings& settings);
  // Kills the process, waits for its end and removes its folder.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // Gives the worker the only snapshot that it will read; call it once. Throws Failure, also if
  // `is_cancelled` returns true; the worker is useless afterwards.
  void open(const std::string& path, std::uint64_t version,
            const std::function<bool()>& is_cancelled);
  bool is_open() const { return version_ != 0; }
  std::uint64_t version() const { return version_; }  // of its snapshot
  bool is_strict() const { return is_strict_; }

  bool send(const Frame& frame);
  std::optional<Frame> receive(std::chrono::milliseconds patience);
  bool has_ended() const { return channel_.state() == Channel::State::closed; }
  // Whether it waits for a query, judged without asking it.
  bool is_idle();

  void kill();
  // Why it ended, as the query's failure. Call it only after has_ended().
  Failure why_ended();

  std::int64_t resident_bytes() const;  // now
  pid_t pid() const { return pid_; }

 private:
  void spawn(int socket);
  Frame wait_until_ready(const std::function<bool()>& is_cancelled);
  bool reap(std::chrono::milliseconds patience);

  const WorkerSettings settings_;
  Channel channel_;
  pid_t pid_ = 0;
  bool reaped_ = false;
  bool killed_ = false;  // by us
  int status_ = 0;
  std::uint64_t version_ = 0;
  bool is_strict_ = false;
  bool is_ready_ = false;
};

}  // namespace gsa::sandbox
