#include "http/worker_pool.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace gsa::http {

WorkerPool::WorkerPool(Sizes sizes) : sizes_(sizes) {
  check(sizes.streams > 0 && sizes.streams < sizes.threads, "streams leave a worker to others");
  for (std::size_t i = 0; i < sizes.threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { stop(); }

WorkerPool::Ticket WorkerPool::submit(Kind kind, std::function<void()> job) {
  Ticket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    std::deque<Job>& queue = kind == Kind::request ? requests_ : streams_;
    if (stopping_ || queue.size() >= sizes_.queue) return 0;
    ticket = ++last_ticket_;
    queue.push_back({ticket, std::move(job)});
  }
  changed_.notify_one();
  return ticket;
}

bool WorkerPool::withdraw(Ticket ticket) {
  std::function<void()> dropped;  // destroyed without the lock
  const std::lock_guard lock(mutex_);
  for (std::deque<Job>* queue : {&requests_, &streams_}) {
    const auto found = std::ranges::find(*queue, ticket, &Job::ticket);
    if (found == queue->end()) continue;
    dropped = std::move(found->run);
    queue->erase(found);
    return true;
  }
  return false;
}

void WorkerPool::stop() {
  std::deque<Job> dropped_requests, dropped_streams;  // destroyed without the lock
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped_requests.swap(requests_);
    dropped_streams.swap(streams_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t WorkerPool::queue_length() const {
  const std::lock_guard lock(mutex_);
  return requests_.size() + streams_.size();
}

std::deque<WorkerPool::Job>* WorkerPool::next_queue() {
  if (!requests_.empty()) return &requests_;
  if (!streams_.empty() && running_streams_ < sizes_.streams) return &streams_;
  return nullptr;
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    std::deque<Job>* queue = nullptr;
    changed_.wait(lock, [&] { return stopping_ || (queue = next_queue()) != nullptr; });
    if (stopping_) return;
    const bool is_stream = queue == &streams_;
    running_streams_ += is_stream ? 1U : 0U;
    {
      const Job job = std::move(queue->front());
      queue->pop_front();
      lock.unlock();
      job.run();
    }  // what the job held goes before the lock is taken again
    lock.lock();
    running_streams_ -= is_stream ? 1U : 0U;
    // A stream that waited for this one's place may begin.
    if (is_stream && !streams_.empty()) changed_.notify_one();
  }
}

}  // namespace gsa::http
