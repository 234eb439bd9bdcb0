#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "base/fd.h"
#include "hub/events.h"

namespace gsa::hub {

// A file locked with flock(), as the Python libraries lock a blob that they download. The lock
// belongs to the open file: it holds between threads as well, and ends with the process.
class FileLock {
 public:
  // Waits for whoever holds it; says so once. Makes the file and its folder.
  FileLock(const std::filesystem::path& path, const Events& events);
  // Without waiting: nullopt where another holds it.
  static std::optional<FileLock> try_lock(const std::filesystem::path& path);

 private:
  explicit FileLock(Fd file) : file_(std::move(file)) {}
  Fd file_;
};

}  // namespace gsa::hub
