#pragma once

// FetchEvents, with defaults for the callbacks that the caller left empty.

#include <chrono>
#include <cstdint>
#include <string>

#include "hub/fetch.h"

namespace gsa::hub {

class Events {
 public:
  explicit Events(const FetchEvents& events) : events_(events) {}

  void progress(std::int64_t done, std::int64_t total) const {
    if (events_.progress) events_.progress(done, total);
  }
  void message(const std::string& text) const {
    if (events_.message) events_.message(text);
  }
  bool cancelled() const;
  void stop_if_cancelled() const;  // throws Error{interrupted}
  void sleep(std::chrono::milliseconds time) const;

 private:
  const FetchEvents& events_;
};

}  // namespace gsa::hub
