#include "hub/file_lock.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"

namespace gsa::hub {
namespace {

constexpr std::chrono::milliseconds kLockPoll{100};

// True if `path` still names this file: a lock on a removed file excludes nobody.
bool is_still(const Fd& file, const std::filesystem::path& path) {
  struct stat of_file {};
  struct stat of_path {};
  return fstat(file.get(), &of_file) == 0 && stat(path.c_str(), &of_path) == 0 &&
         of_file.st_dev == of_path.st_dev && of_file.st_ino == of_path.st_ino;
}

// Group-writable whatever the umask, like the Python libraries' lock files: users who share a cache
// must be able to wait for each other.
Fd open_lock_file(const std::filesystem::path& path) {
  constexpr mode_t kMode = 0664;
  Fd made(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode));
  if (made.get() >= 0) {
    fchmod(made.get(), kMode);  // some disks have no modes, but locks work all the same
    return made;
  }
  return Fd(open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kMode));
}

}  // namespace

std::optional<FileLock> FileLock::try_lock(const std::filesystem::path& path) {
  make_folder(path.parent_path());
  while (true) {
    Fd file = open_lock_file(path);
    if (file.get() < 0) {
      throw Error(fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)));
    }
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return std::nullopt;
      if (errno == EINTR) continue;
      throw Error(fmt::format("cannot lock {}: {}", path.string(), std::strerror(errno)));
    }
    if (is_still(file, path)) return FileLock(std::move(file));
  }
}

FileLock::FileLock(const std::filesystem::path& path, const Events& events) {
  for (bool said = false;; said = true) {
    if (std::optional<FileLock> lock = try_lock(path)) {
      file_ = std::move(lock->file_);
      return;
    }
    if (!said) events.message("another download of this file is under way; waiting for it");
    events.sleep(kLockPoll);
  }
}

}  // namespace gsa::hub
