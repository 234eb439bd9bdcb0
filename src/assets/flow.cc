#include "assets/flow.h"

#include <atomic>
#include <deque>
#include <exception>
#include <mutex>
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include "base/error.h"

namespace gsa::assets {
namespace {

namespace tbb = oneapi::tbb;
using Node = tbb::flow::continue_node<tbb::flow::continue_msg>;

class Lanes {
 public:
  explicit Lanes(std::size_t count) : count_(count) {
    for (std::size_t i = count; i > 0; --i) free_.push_back(i - 1);
  }
  bool are_all_free() {
    const std::lock_guard lock(mutex_);
    return free_.size() == count_;
  }
  std::size_t take() {
    const std::lock_guard lock(mutex_);
    check(!free_.empty(), "as many lanes as tasks that run");
    const std::size_t lane = free_.back();
    free_.pop_back();
    return lane;
  }
  void give_back(std::size_t lane) {
    const std::lock_guard lock(mutex_);
    free_.push_back(lane);
  }

 private:
  const std::size_t count_;
  std::mutex mutex_;
  std::vector<std::size_t> free_;
};

class Flow {
 public:
  Flow(const std::vector<Task>& tasks, std::size_t lanes) : tasks_(tasks), lanes_(lanes) {
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      nodes_.emplace_back(
          graph_, [this, i](const tbb::flow::continue_msg&) { run(i); },
          static_cast<tbb::flow::node_priority_t>(tasks_.size() - i));
      for (const std::size_t before : tasks_[i].after) {
        check(before < i, "a task waits for earlier ones");
        make_edge(nodes_[before], nodes_[i]);
      }
    }
  }

  void run_all() {
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      if (tasks_[i].after.empty()) nodes_[i].try_put({});
    }
    graph_.wait_for_all();
    check(lanes_.are_all_free(), "all tasks have ended");
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void run(std::size_t index) {
    if (stopped_) return;
    const std::size_t lane = lanes_.take();
    try {
      tasks_[index].run(lane);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stopped_ = true;
    }
    lanes_.give_back(lane);
  }

  const std::vector<Task>& tasks_;
  Lanes lanes_;
  tbb::flow::graph graph_;
  std::deque<Node> nodes_;  // a deque: nodes must not move
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace

void run_tasks(const std::vector<Task>& tasks, std::size_t lanes) {
  check(lanes > 0, "tasks have lanes to run in");
  // Tasks mostly wait for DuckDB's threads, so more of them than cores may run.
  const tbb::global_control threads(tbb::global_control::max_allowed_parallelism, lanes + 1);
  tbb::task_arena arena(static_cast<int>(lanes));
  arena.execute([&] { Flow(tasks, lanes).run_all(); });
}

}  // namespace gsa::assets
