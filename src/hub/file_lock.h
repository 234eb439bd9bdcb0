#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "base/fd.h"
#include "hub/events.h"

namespace gsa::hub {

// A file locked with flock(), as the Python libraries lock a blob while they download it. The lock
// belongs to the open file: it also excludes other threads, and ends with the process.
class FileLock {
 public:
  // Waits for the holder of the lock and reports the wait once. Makes the file and its folder.
  FileLock(const std::filesystem::path& path, const Events& events);
  // Does not wait: null if another holds the lock.
  static std::optional<FileLock> try_lock(const std::filesystem::path& path);

 private:
  explicit FileLock(Fd file) : file_(std::move(file)) {}
  Fd file_;
};

}  // namespace gsa::hub
