#pragma once

// What a download shows on stderr: a bar of bytes, rate and time left (on a terminal, and only once
// it lasts), and the hub's messages as lines of their own. One thread, as hub::fetch() is.

#include <cstdint>
#include <optional>
#include <string>

#include "base/invocation.h"
#include "base/progress.h"
#include "hub/fetch.h"

namespace gsa::pipeline {

class FetchProgress {
 public:
  // `label` stands before the bar. Quiet: nothing is shown.
  FetchProgress(const std::string& label, const Invocation& invocation, bool quiet);
  FetchProgress(const FetchProgress&) = delete;
  FetchProgress& operator=(const FetchProgress&) = delete;

  // Refer to this object; cancelled once the invocation is told to stop.
  hub::FetchEvents events();
  void finish();  // wipes the bar
  // True once bytes were asked for: false after a fetch that found the file in the cache.
  bool downloaded() const { return downloaded_; }

 private:
  void show(std::int64_t done, std::int64_t total);
  void note(const std::string& text);

  std::string label_;
  const Invocation& invocation_;
  bool quiet_;
  bool downloaded_ = false;
  std::int64_t total_ = -1;  // of the bar
  std::int64_t done_ = 0;    // as last told
  std::optional<Progress> bar_ = std::nullopt;
};

}  // namespace gsa::pipeline
