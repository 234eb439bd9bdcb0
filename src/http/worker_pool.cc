#include "http/worker_pool.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace gsa::http {

WorkerPool::WorkerPool(const Sizes& sizes) : most_queued_(sizes.queue) {
  for (const std::size_t threads : sizes.threads) {
    check(threads > 0, "each kind of work has a thread");
  }
  try {
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      for (std::size_t i = 0; i < sizes.threads.at(kind); ++i) {
        threads_.emplace_back([this, &queue = queues_.at(kind)] { work(queue); });
      }
    }
  } catch (...) {
    stop();  // ends the threads that have begun
    throw;
  }
}

WorkerPool::~WorkerPool() { stop(); }

WorkerPool::Ticket WorkerPool::submit(Kind kind, std::function<void()> job) {
  Queue& queue = queues_.at(static_cast<std::size_t>(kind));
  Ticket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue.jobs.size() >= most_queued_) return 0;
    ticket = ++last_ticket_;
    queue.jobs.push_back({ticket, std::move(job)});
  }
  queue.changed.notify_one();
  return ticket;
}

bool WorkerPool::withdraw(Ticket ticket) {
  std::function<void()> dropped;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  for (Queue& queue : queues_) {
    const auto found = std::ranges::find(queue.jobs, ticket, &Job::ticket);
    if (found == queue.jobs.end()) continue;
    dropped = std::move(found->run);
    queue.jobs.erase(found);
    return true;
  }
  return false;
}

void WorkerPool::stop() {
  std::array<std::deque<Job>, kKinds> dropped;  // destroyed without the lock
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      dropped.at(kind).swap(queues_.at(kind).jobs);
    }
  }
  for (Queue& queue : queues_) queue.changed.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t WorkerPool::queue_length() const {
  const std::lock_guard lock(mutex_);
  std::size_t length = 0;
  for (const Queue& queue : queues_) length += queue.jobs.size();
  return length;
}

std::size_t WorkerPool::queue_length(Kind kind) const {
  const std::lock_guard lock(mutex_);
  return queues_.at(static_cast<std::size_t>(kind)).jobs.size();
}

void WorkerPool::work(Queue& queue) {
  std::unique_lock lock(mutex_);
  while (true) {
    queue.changed.wait(lock, [&] { return stopping_ || !queue.jobs.empty(); });
    if (stopping_) return;
    {
      const Job job = std::move(queue.jobs.front());
      queue.jobs.pop_front();
      lock.unlock();
      job.run();
    }  // the job's captures are destroyed before the lock is taken again
    lock.lock();
  }
}

}  // namespace gsa::http
