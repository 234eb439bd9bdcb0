#pragma once

// Threads for what blocks: handlers and the functions that write streaming bodies. Both wait in
// bounded queues, and streams, which last as long as their clients read, never take all threads.

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
  enum class Kind { request, stream };
  struct Sizes {
    std::size_t threads;  // at least 2, so that there is one that no stream takes
    std::size_t streams;  // at the same time, below `threads`
    std::size_t queue;    // of each kind
  };
  using Ticket = std::uint64_t;  // 0: none

  explicit WorkerPool(Sizes sizes);
  ~WorkerPool();  // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // 0 where the queue is full or the pool has stopped. The job may not throw.
  Ticket submit(Kind kind, std::function<void()> job);
  // True where the job had not begun: now it never will.
  bool withdraw(Ticket ticket);
  // Drops what has not begun and waits for what has.
  void stop();

  std::size_t queue_length() const;

 private:
  struct Job {
    Ticket ticket;
    std::function<void()> run;
  };
  void work();
  std::deque<Job>* next_queue();  // null: nothing may begin now

  const Sizes sizes_;
  mutable std::mutex mutex_;  // of all below but the threads
  std::condition_variable changed_;
  std::deque<Job> requests_;
  std::deque<Job> streams_;
  std::size_t running_streams_ = 0;
  Ticket last_ticket_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gsa::http
