#pragma once

// A worker (worker.h) as its server sees it. One thread at a time may use it.

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
  // Starts it, with settings.folder made for it; it gets ready by itself. The thread that calls
  // this must live as long as the worker is wanted: the worker dies with it. Throws Error.
  explicit WorkerProcess(const WorkerSettings& settings);
  // Kills it, waits for its end and removes its folder.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // Gives it the only snapshot that it will read; to be called once. Throws Failure, also where
  // `is_cancelled` says so, after which it is of no use.
  void open(const std::string& path, std::uint64_t version,
            const std::function<bool()>& is_cancelled);
  bool is_open() const { return version_ != 0; }
  std::uint64_t version() const { return version_; }  // of its snapshot
  bool is_strict() const { return is_strict_; }

  bool send(const Frame& frame);
  std::optional<Frame> receive(std::chrono::milliseconds patience);
  bool has_ended() const { return channel_.state() == Channel::State::closed; }
  // Whether it waits for a query, as far as can be told without asking it.
  bool is_idle();

  void kill();
  // Why it ended, as the query's failure; called once has_ended().
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
