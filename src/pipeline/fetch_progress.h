#pragma once

// Shows a download on stderr: a bar with bytes, rate and time left (on a terminal, and only if it
// lasts), and the hub's messages on lines of their own. For one thread, like hub::fetch().

#include <cstdint>
#include <optional>
#include <string>

#include "base/invocation.h"
#include "base/progress.h"
#include "hub/fetch.h"

namespace gsa::pipeline {

class FetchProgress {
 public:
  // `label` precedes the bar. Quiet: shows nothing.
  FetchProgress(const std::string& label, const Invocation& invocation, bool quiet);
  FetchProgress(const FetchProgress&) = delete;
  FetchProgress& operator=(const FetchProgress&) = delete;

  // The events refer to this object. They cancel the download once the invocation is asked to stop.
  hub::FetchEvents events();
  void finish();  // erases the bar
  // Whether bytes were requested: false if the file was in the cache.
  bool downloaded() const { return downloaded_; }

 private:
  void show(std::int64_t done, std::int64_t total);
  void note(const std::string& text);

  std::string label_;
  const Invocation& invocation_;
  bool quiet_;
  bool downloaded_ = false;
  std::int64_t total_ = -1;  // of the bar
  std::int64_t done_ = 0;    // as last reported
  std::optional<Progress> bar_ = std::nullopt;
};

}  // namespace gsa::pipeline
