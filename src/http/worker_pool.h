#pragma once

// Threads for blocking work: handlers, and functions that write streaming bodies. Each kind of work
// has its own threads and its own bounded queue, so none waits for another: a cancel runs while all
// queries do. Any thread may use the pool.

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
    std::array<std::size_t, kKinds> threads;  // for each kind; at least 1
    std::size_t queue;                        // for each kind
  };
  using Ticket = std::uint64_t;  // 0: no job

  explicit WorkerPool(const Sizes& sizes);
  ~WorkerPool();  // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Queues a job; returns 0 if the queue is full or the pool has stopped. The job must not throw.
  Ticket submit(Kind kind, std::function<void()> job);
  // True if the job had not begun; then it never will.
  bool withdraw(Ticket ticket);
  // Drops the queued jobs and waits for the running ones.
  void stop();

  std::size_t queue_length() const;  // all kinds together
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
  mutable std::mutex mutex_;  // guards all members below, except the threads
  std::array<Queue, kKinds> queues_;
  Ticket last_ticket_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gsa::http
