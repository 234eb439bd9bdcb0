#pragma once

// An open file, and the lock on one.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "hub/events.h"

namespace gsa::hub {

// Closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }

 private:
  int number_;
};

// A file locked with flock(), as the Python libraries lock a blob that they download. The lock
// belongs to the open file: it holds between threads as well, and ends with the process.
class FileLock {
 public:
  // Waits for whoever holds it; says so once. Makes the file and its folder.
  FileLock(const std::filesystem::path& path, const Events& events);
  // Without waiting: nullopt where another holds it.
  static std::optional<FileLock> try_lock(const std::filesystem::path& path);

 private:
  explicit FileLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace gsa::hub
