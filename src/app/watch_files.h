#pragma once

// Watches files for `gsa watch`: sources of prompts and a dbt project. In a folder, only files that
// a run would read count.

#include <chrono>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/file_watch.h"

namespace gsa::app {

// Paths to watch, as typed.
struct WatchedPaths {
  std::vector<std::string> sources;  // paths and globs
  std::string project;               // a folder, or empty: none

  bool empty() const { return sources.empty() && project.empty(); }
};

// For one thread, like FileWatch. Changes between two calls of wait() are not lost.
class WatchFiles {
 public:
  // Throws Error if the system has no free watches.
  WatchFiles(const WatchedPaths& paths, std::chrono::milliseconds quiet);

  // Waits until files change or stop() returns true, which takes up to 50 ms to notice. Returns the
  // changed files, and folders that appeared or disappeared with such files, as one would type
  // them; empty if stopped.
  std::vector<std::string> wait(const std::function<bool()>& stop);

 private:
  std::set<std::filesystem::path> list_files() const;
  std::vector<std::string> those_that_count(const std::vector<std::filesystem::path>& changes);

  WatchedPaths paths_;
  FileWatch watch_;
  std::set<std::filesystem::path> files_;  // absolute; as of the last look
};

}  // namespace gsa::app
