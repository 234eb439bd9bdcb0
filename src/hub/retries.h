#pragma once

// How often a request is retried, and after which waits.

#include <chrono>

#include "hub/events.h"
#include "hub/refusal.h"

namespace gsa::hub {

inline constexpr int kMostRetries = 5;
// The hub counts requests in windows of five minutes, so a longer wait gains nothing.
inline constexpr std::chrono::seconds kLongestWait{300};

class Retries {
 public:
  explicit Retries(const Events& events) : events_(events) {}

  // Reports the failure and waits: as long as the refusal asks, or else 1, 2, 4, 8, 8 s. Throws the
  // refusal as an Error if a retry is useless or the retries are used up.
  void after(const Refusal& refusal);
  void count_anew() { made_ = 0; }  // after progress

 private:
  const Events& events_;
  int made_ = 0;
};

}  // namespace gsa::hub
