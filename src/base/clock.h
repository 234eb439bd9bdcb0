#pragma once

// Time as text, and a stopwatch.

#include <chrono>
#include <string>

namespace gsa {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
  }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

std::string clock_now();  // "14:03:59", the local wall clock, for log lines

}  // namespace gsa
