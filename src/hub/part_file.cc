#include "hub/part_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "hub/metadata.h"

namespace gsa::hub {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kReadBlock = 1 << 20;

fs::path info_path(const fs::path& part) { return part.string() + ".info"; }

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  throw Error(fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

[[noreturn]] void fail_to_write(const fs::path& part, std::int64_t kept) {
  const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  throw Error(
      fmt::format("cannot write to {}: {}", part.parent_path().string(), std::strerror(errno)),
      full ? fmt::format("make room there, or set HF_HUB_CACHE to a folder on a larger disk; the "
                         "{} already downloaded are kept, and the next fetch resumes from there",
                         format_bytes(static_cast<double>(kept)))
           : "");
}

void sync_folder(const fs::path& folder) {
  const Fd opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || fsync(opened.get()) != 0) fail("write to", folder);
}

std::string info_text(const PartInfo& info) {
  return fmt::format("url={}\ncommit={}\netag={}\nbytes={}\n", to_url(info.file),
                     info.metadata.commit, info.metadata.etag, info.metadata.bytes);
}

}  // namespace

fs::path part_path(const fs::path& blob) { return blob.string() + ".gsa-part"; }

std::optional<PartInfo> read_part_info(const fs::path& part) {
  std::error_code ignored;  // a file that cannot be examined counts as missing
  if (!fs::is_regular_file(info_path(part), ignored)) return std::nullopt;
  PartInfo info;
  bool named = false;
  for (const std::string& line : split(read_file(info_path(part)), '\n')) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string name = line.substr(0, equals);
    const std::string value = line.substr(equals + 1);
    try {
      if (name == "url") info.file = parse_hub_url(value);
    } catch (const Error&) {
      return std::nullopt;  // another program wrote it
    }
    named = named || name == "url";
    if (name == "commit") info.metadata.commit = value;
    if (name == "etag") info.metadata.etag = value;
    if (name == "bytes") info.metadata.bytes = parse_bytes(value);
  }
  return named ? std::optional(info) : std::nullopt;
}

void remove_part(const fs::path& part) {
  for (const fs::path& path : {part, info_path(part)}) {
    if (unlink(path.c_str()) != 0 && errno != ENOENT) fail("remove", path);
  }
}

PartFile::PartFile(const fs::path& blob, const PartInfo& info, const Events& events)
    : blob_(blob),
      path_(part_path(blob)),
      metadata_(info.metadata),
      digest_(sum_kind(metadata_.etag), metadata_.bytes) {
  const std::optional<PartInfo> before = read_part_info(path_);
  const bool same = !before || before->metadata.bytes == metadata_.bytes;
  write_file(info_path(path_), info_text(info));
  file_ = Fd(open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
  struct stat status {};
  if (file_.get() < 0 || fstat(file_.get(), &status) != 0) fail("open", path_);
  size_ = status.st_size;
  const bool too_large = metadata_.bytes >= 0 && size_ > metadata_.bytes;
  if (size_ == 0) return;
  if (!same || too_large || sum_kind(metadata_.etag) == SumKind::none) {
    start_over();
  } else {
    resumed_ = true;
    hash_what_is_there(events);
  }
}

void PartFile::hash_what_is_there(const Events& events) {
  std::vector<char> block(kReadBlock);
  for (std::int64_t at = 0; at < size_;) {
    events.stop_if_cancelled();
    const ssize_t got = pread(file_.get(), block.data(), block.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail("read", path_);
    digest_.add({block.data(), static_cast<std::size_t>(got)});
    at += got;
  }
}

void PartFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_.get(), bytes.data(), bytes.size(), size_);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_to_write(path_, size_);
    const auto count = static_cast<std::size_t>(written);
    digest_.add(bytes.substr(0, count));
    size_ += written;
    bytes.remove_prefix(count);
  }
}

std::string PartFile::sum(const Events& events) {
  if (metadata_.bytes < 0 && sum_kind(metadata_.etag) == SumKind::git_sha1) {
    digest_ = Digest(SumKind::git_sha1, size_);  // which needs the size before the bytes
    hash_what_is_there(events);
  }
  return digest_.finish();
}

void PartFile::start_over() {
  if (size_ > 0 && ftruncate(file_.get(), 0) != 0) fail("write to", path_);
  digest_ = Digest(sum_kind(metadata_.etag), metadata_.bytes);
  size_ = 0;
  resumed_ = false;
}

void PartFile::publish() {
  if (fsync(file_.get()) != 0) fail_to_write(path_, size_);
  if (std::rename(path_.c_str(), blob_.c_str()) != 0) fail("make", blob_);
  sync_folder(blob_.parent_path());
  remove_part(path_);  // removes the remaining .info file
}

}  // namespace gsa::hub
