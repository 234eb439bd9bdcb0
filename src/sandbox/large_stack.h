#pragma once

// A thread with a stack of a size of one's choice: std::thread has the system's.

#include <cstddef>
#include <functional>
#include <pthread.h>

namespace gsa::sandbox {

class LargeStackThread {
 public:
  // Begins `work`, which must not throw. Pages of the stack are only taken as they are touched.
  // Throws Error where no thread can be made.
  LargeStackThread(std::size_t stack_bytes, std::function<void()> work);
  ~LargeStackThread();  // waits for its end
  LargeStackThread(const LargeStackThread&) = delete;
  LargeStackThread& operator=(const LargeStackThread&) = delete;

 private:
  std::function<void()> work_;
  pthread_t thread_{};
};

}  // namespace gsa::sandbox
