#pragma once

// A thread whose stack size the caller chooses; std::thread only has the system's default.

#include <cstddef>
#include <functional>
#include <pthread.h>

namespace gsa::sandbox {

class LargeStackThread {
 public:
  // Starts `work`, which must not throw. Stack pages take memory only when they are touched. Throws
  // Error if no thread can be started.
  LargeStackThread(std::size_t stack_bytes, std::function<void()> work);
  ~LargeStackThread();  // waits for the thread's end
  LargeStackThread(const LargeStackThread&) = delete;
  LargeStackThread& operator=(const LargeStackThread&) = delete;

 private:
  std::function<void()> work_;
  pthread_t thread_{};
};

}  // namespace gsa::sandbox
