#pragma once

// How often and after which waits a request is made again.

#include <chrono>

#include "hub/events.h"
#include "hub/refusal.h"

namespace gsa::hub {

inline constexpr int kMostRetries = 5;
// The hub counts requests in windows of five minutes: a longer wait would be of no use.
inline constexpr std::chrono::seconds kLongestWait{300};

class Retries {
 public:
  explicit Retries(const Events& events) : events_(events) {}

  // Says what happened and waits: as long as the refusal asks, else 1, 2, 4, 8, 8 s. Throws it as
  // an Error where asking again is no use, or was of none.
  void after(const Refusal& refusal);
  void count_anew() { made_ = 0; }  // after progress

 private:
  const Events& events_;
  int made_ = 0;
};

}  // namespace gsa::hub
