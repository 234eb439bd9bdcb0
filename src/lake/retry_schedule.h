#pragma once

// The waits between the attempts of one operation.

#include <chrono>
#include <optional>
#include <random>
#include <stop_token>
#include <string>

namespace gsa::lake {

class RetrySchedule {
 public:
  // Counts `limit` from now.
  explicit RetrySchedule(std::chrono::milliseconds limit);

  // How long to wait before the next attempt: `asked`, or else about 0.2, 0.4, 0.8 … 20 s, of which
  // a random part of up to a half is taken off, so that clients do not come back all at once. Null
  // if the limit is used up, or if `asked` goes beyond it.
  std::optional<std::chrono::milliseconds> next(std::optional<std::chrono::milliseconds> asked);
  void count_anew();  // after progress

 private:
  std::chrono::milliseconds limit_;
  std::chrono::steady_clock::time_point end_;
  std::chrono::milliseconds longest_;
  std::minstd_rand random_;
};

// What a Retry-After header asks for: seconds, or a moment as text. Null if it is neither.
std::optional<std::chrono::milliseconds> wait_asked_by(const std::string& retry_after);

// Throws Error{interrupted} as soon as `stop` is set.
void sleep_for(std::chrono::milliseconds time, const std::stop_token& stop);

}  // namespace gsa::lake
