#pragma once

// Threads for what blocks: handlers and the functions that write streaming bodies. Each kind of
// work has threads and a bounded queue of its own, so that none waits for another: what ends a
// query begins while all queries run.

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gsa::http {

class WorkerPool {
 public:
  enum class Kind { cancel, quick, normal, lengthy, stream };
  static constexpr std::size_t kKinds = 5;
  struct Sizes {
    std::array<std::size_t, kKinds> threads;  // of each kind, at least 1
    std::size_t queue;                        // of each kind
  };
  using Ticket = std::uint64_t;  // 0: none

  explicit WorkerPool(const Sizes& sizes);
  ~WorkerPool();  // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // 0 where the queue is full or the pool has stopped. The job may not throw.
  Ticket submit(Kind kind, std::function<void()> job);
  // True where the job had not begun: now it never will.
  bool withdraw(Ticket ticket);
  // Drops what has not begun and waits for what has.
  void stop();

  std::size_t queue_length() const;  // of all kinds
  std::size_t queue_length(Kind kind) const;

 private:
  struct Job {
    Ticket ticket;
    std::function<void()> run;
  };
  struct Queue {
    std::deque<Job> jobs;
    std::condition_variable changed;
  };
  void work(Queue& queue);

  const std::size_t most_queued_;
  mutable std::mutex mutex_;  // of all below but the threads
  std::array<Queue, kKinds> queues_;
  Ticket last_ticket_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gsa::http
