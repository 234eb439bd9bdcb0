#pragma once

// Runs tasks in parallel, each after the tasks that it waits for. Wraps oneTBB's flow graph, so
// that no other file includes it.

#include <cstddef>
#include <functional>
#include <vector>

namespace gsa::assets {

struct Task {
  std::vector<std::size_t> after;  // numbers of earlier tasks of the list
  std::function<void(std::size_t)>
      run;  // given its lane, from 0: two tasks of a lane never overlap
};

// Runs at most `lanes` tasks at a time and returns when all have ended. Of ready tasks, those
// earlier in the list tend to begin first. If a task throws, no further tasks begin; once the
// running ones have ended, the first exception is rethrown.
void run_tasks(const std::vector<Task>& tasks, std::size_t lanes);

}  // namespace gsa::assets
