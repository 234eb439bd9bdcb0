#include "assets/snapshot_copy.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"

namespace gsa::assets {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeaderBytes = std::size_t{3} * 4096;  // the file's, and two of checkpoints
constexpr std::size_t kPiece = std::size_t{8} << 20U;        // bytes copied at a time
// Free disk space to leave for a run that may be in progress.
constexpr std::uint64_t kSpared = std::uint64_t{64} << 20U;

using Headers = std::array<char, kHeaderBytes>;

bool is_full(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

[[noreturn]] void fail(const std::string& what, int error) {
  throw Error(fmt::format("cannot make a snapshot of the warehouse: {}: {}", what,
                          std::generic_category().message(error)),
              is_full(error) ? "make room on the disk; the warehouse is as it was" : "");
}

struct stat status_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) fail("its file", errno);
  return status;
}

// The descriptor by which this process already has the file open. Opening it again would drop
// DuckDB's lock: POSIX releases a process's locks when it closes any descriptor of the file.
int descriptor_of(const std::string& path) {
  struct stat wanted {};
  if (::stat(path.c_str(), &wanted) != 0) fail(path, errno);
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc/self/fd")) {
    const std::string name = entry.path().filename().string();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    struct stat found {};
    if (fd < 0 || ::fstat(fd, &found) != 0) continue;
    const bool is_readable = (::fcntl(fd, F_GETFL) & O_ACCMODE) != O_WRONLY;
    if (found.st_dev == wanted.st_dev && found.st_ino == wanted.st_ino && is_readable) return fd;
  }
  throw Error(
      fmt::format("cannot make a snapshot: {} was moved or removed while it was open", path));
}

Headers headers_of(int fd) {
  Headers headers{};
  if (::pread(fd, headers.data(), headers.size(), 0) != std::ssize(headers)) {
    fail("its headers", errno);
  }
  return headers;
}

Fd new_file(const std::string& path) {
  Fd file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.get() < 0) fail(path, errno);
  return file;
}

std::size_t piece_of(off_t bytes) { return std::min(kPiece, static_cast<std::size_t>(bytes)); }

// Fallback if the system cannot copy between these files itself.
void copy_through_memory(int from, int to, off_t at, off_t end) {
  std::vector<char> piece(kPiece);
  while (at < end) {
    const ssize_t read = ::pread(from, piece.data(), piece_of(end - at), at);
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) fail("reading it", errno);
    if (read == 0) return;  // the file became shorter, so its headers have changed
    for (ssize_t done = 0; done < read;) {
      const ssize_t written = ::pwrite(to, piece.data() + done, piece_of(read - done), at + done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("writing the copy", errno);
      done += written;
    }
    at += read;
  }
}

void copy_bytes(int from, int to, const std::string& path) {
  if (::ioctl(to, FICLONE, from) == 0) return;
  const off_t end = status_of(from).st_size;
  require_room(path, end, "make a snapshot of the warehouse");
  off_t read_at = 0, written_at = 0;
  while (read_at < end) {
    const ssize_t copied =
        ::copy_file_range(from, &read_at, to, &written_at, piece_of(end - read_at), 0);
    if (copied > 0) continue;
    if (copied == 0) return;
    if (errno == EINTR) continue;
    if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) {
      fail("writing the copy", errno);
    }
    return copy_through_memory(from, to, read_at, end);
  }
}

bool is_there(const std::string& path) {
  struct stat ignored {};
  return ::lstat(path.c_str(), &ignored) == 0;
}

// DuckDB locks only the database file, so the WAL may be opened and closed.
void copy_wal(const std::string& path, const std::string& copy) {
  const Fd wal(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (wal.get() < 0 && errno == ENOENT) return;
  if (wal.get() < 0) fail(path, errno);
  const Fd to = new_file(copy);
  copy_bytes(wal.get(), to.get(), copy);
}

}  // namespace

void require_room(const std::string& path, std::int64_t bytes, const std::string& what) {
  struct statvfs disk {};
  if (::statvfs(path.c_str(), &disk) != 0) return;
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free >= static_cast<std::uint64_t>(bytes) + kSpared) return;
  throw Error(fmt::format("cannot {}: it needs {}, and the disk has {}", what,
                          format_bytes(static_cast<double>(bytes)),
                          format_bytes(static_cast<double>(free))),
              "make room on the disk; the warehouse is as it was");
}

bool copy_database_file(const std::string& path, const std::string& copy) {
  // During a checkpoint, commits go to a WAL of this name.
  const std::string second_wal = path + ".wal.checkpoint";
  const int file = descriptor_of(path);
  const Headers before = headers_of(file);
  if (is_there(second_wal)) return false;
  copy_wal(path + ".wal", copy + ".wal");
  {
    const Fd to = new_file(copy);
    copy_bytes(file, to.get(), copy);
  }
  return !is_there(second_wal) && headers_of(file) == before;
}

void put_in_place(const std::string& file, const std::string& target, const std::string& like) {
  struct stat model {};
  const Fd done(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (done.get() < 0 || ::stat(like.c_str(), &model) != 0 ||
      ::fchmod(done.get(), model.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)) != 0 ||
      ::fsync(done.get()) != 0) {
    fail(file, errno);
  }
  ::unlink((target + ".wal").c_str());
  if (::rename(file.c_str(), target.c_str()) != 0) fail(target, errno);
  const Fd folder(
      ::open(fs::absolute(target).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
}

}  // namespace gsa::assets
