#pragma once

// Runs tasks side by side, each once what it waits for has ended: oneTBB's flow graph behind a
// header that does not show it.

#include <cstddef>
#include <functional>
#include <vector>

namespace gsa::assets {

struct Task {
  std::vector<std::size_t> after;  // numbers of earlier tasks of the list
  std::function<void(std::size_t)>
      run;  // given its lane, from 0: two tasks of a lane never overlap
};

// At most `lanes` tasks at a time. Of tasks that are ready, those earlier in the list tend to begin
// first. Returns once all have ended. Where one throws, those that have not begun are left out, and
// the first exception is thrown on once the others have ended.
void run_tasks(const std::vector<Task>& tasks, std::size_t lanes);

}  // namespace gsa::assets
