#include "lake/pending_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/new_file.h"

namespace gsa::lake {
namespace fs = std::filesystem;
namespace {

// The whole name is ".gsa.part" and a number: make_new_file_beside() adds the second half. It does
// not contain the target's name, which may have the longest length that a name can have.
constexpr const char* kHidden = ".gsa";
constexpr std::string_view kPending = ".gsa.part";

void sync_folder(const fs::path& folder) {
  const Fd opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || fsync(opened.get()) != 0) {
    throw Error(fmt::format("cannot write to {}: {}", folder.string(), std::strerror(errno)));
  }
}

}  // namespace

bool is_pending_name(std::string_view file_name) { return file_name.starts_with(kPending); }

PendingFile::PendingFile(fs::path target) : target_(std::move(target)) {
  const fs::path folder = target_.parent_path();
  std::error_code failure;
  for (fs::path at = folder; !at.empty() && !fs::exists(at, failure); at = at.parent_path()) {
    first_new_folder_ = at;
  }
  make_folder(folder);
  path_ = make_new_file_beside(folder / kHidden);
  file_ = Fd(open(path_.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
  if (file_.get() < 0) {
    const int reason = std::exchange(errno, 0);
    unlink(path_.c_str());
    errno = reason;
    fail();
  }
}

PendingFile::~PendingFile() {
  if (!published_) unlink(path_.c_str());  // if it stays, engines pass over it
}

void PendingFile::fail() const {
  const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  throw Error(fmt::format("cannot write {}: {}", target_.string(), std::strerror(errno)),
              full ? "make room there; what was written of the file is removed" : "");
}

void PendingFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_.get(), bytes.data(), bytes.size(), bytes_);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    bytes_ += written;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void PendingFile::start_over() {
  if (bytes_ > 0 && ftruncate(file_.get(), 0) != 0) fail();
  bytes_ = 0;
}

void PendingFile::sync() {
  if (fsync(file_.get()) != 0) fail();
}

// A name is on the disk once its folder is synced, and a new folder's name once its parent is.
void PendingFile::sync_folders() const {
  fs::path folder = target_.parent_path();
  sync_folder(folder.empty() ? "." : folder);
  while (!first_new_folder_.empty() && folder != first_new_folder_.parent_path()) {
    folder = folder.parent_path();
    sync_folder(folder.empty() ? "." : folder);
  }
}

void PendingFile::publish() {
  sync();
  if (std::rename(path_.c_str(), target_.c_str()) != 0) fail();
  published_ = true;
  sync_folders();
}

bool PendingFile::publish_new() {
  sync();
  if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST) return false;
    // Some file systems cannot refuse to replace a file by rename, but all that have links refuse
    // to replace one by a link.
    if (errno != EINVAL && errno != ENOSYS) fail();
    if (link(path_.c_str(), target_.c_str()) != 0) {
      if (errno == EEXIST) return false;
      fail();
    }
    unlink(path_.c_str());
  }
  published_ = true;
  sync_folders();
  return true;
}

}  // namespace gsa::lake
