#pragma once

// The files that `gsa watch` waits for: sources of prompts and a dbt project. Of a folder only the
// files count that a run would read.

#include <chrono>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/file_watch.h"

namespace gsa::app {

// What is to be watched, as it was typed.
struct WatchedPaths {
  std::vector<std::string> sources;  // paths and globs
  std::string project;               // a folder, or empty: none

  bool empty() const { return sources.empty() && project.empty(); }
};

// One thread, as FileWatch is. What changes between two calls of wait() is not lost.
class WatchFiles {
 public:
  // Throws Error where the system gives no more watches.
  WatchFiles(const WatchedPaths& paths, std::chrono::milliseconds quiet);

  // Waits for changes until stop() returns true, within 50 ms. The files that changed, and folders
  // that came or went with such files, as they would be typed; none when it was stopped.
  std::vector<std::string> wait(const std::function<bool()>& stop);

 private:
  std::set<std::filesystem::path> list_files() const;
  std::vector<std::string> those_that_count(const std::vector<std::filesystem::path>& changes);

  WatchedPaths paths_;
  FileWatch watch_;
  std::set<std::filesystem::path> files_;  // absolute; as they were when last looked at
};

}  // namespace gsa::app
