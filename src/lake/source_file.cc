#include "lake/source_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "lake/byte_sum.h"

namespace gsa::lake {
namespace {

constexpr std::size_t kReadBlock = 1 << 20;  // a few milliseconds of work between checks for a stop

}  // namespace

void stop_if_requested(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error("interrupted", "", ErrorCode::interrupted);
}

SourceFile::SourceFile(std::filesystem::path path)
    : path_(std::move(path)), file_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status {};
  if (file_.get() < 0 || fstat(file_.get(), &status) != 0) {
    throw Error(fmt::format("cannot read {}: {}", path_.string(), std::strerror(errno)));
  }
  if (!S_ISREG(status.st_mode)) throw Error(fmt::format("{} is not a file", path_.string()));
  bytes_ = status.st_size;
  changed_ = status.st_mtim;
}

void SourceFile::check_unchanged() const {
  struct stat status {};
  const bool same = fstat(file_.get(), &status) == 0 && status.st_size == bytes_ &&
                    status.st_mtim.tv_sec == changed_.tv_sec &&
                    status.st_mtim.tv_nsec == changed_.tv_nsec;
  if (!same) throw Error(fmt::format("{} changed while it was read", path_.string()));
}

std::size_t SourceFile::read(char* buffer, std::size_t size, std::int64_t offset) const {
  while (true) {
    const ssize_t got = pread(file_.get(), buffer, size, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw Error(fmt::format("cannot read {}: {}", path_.string(), std::strerror(errno)));
    }
    if (got == 0) throw Error(fmt::format("{} changed while it was read", path_.string()));
    return static_cast<std::size_t>(got);
  }
}

FileSums SourceFile::sums(std::int64_t part_bytes, const std::stop_token& stop) const {
  FileSums sums;
  ByteSum whole;
  std::vector<char> block(kReadBlock);
  do {
    const std::int64_t begin =
        sums.parts.empty() ? 0 : sums.parts.back().offset + sums.parts.back().bytes;
    FilePart part{.offset = begin, .bytes = std::min(part_bytes, bytes_ - begin)};
    ByteSum sha256, md5(SumOf::md5);
    for (std::int64_t done = 0; done < part.bytes;) {
      stop_if_requested(stop);
      const std::size_t wanted =
          std::min(block.size(), static_cast<std::size_t>(part.bytes - done));
      const std::size_t got = read(block.data(), wanted, begin + done);
      const std::string_view bytes(block.data(), got);
      sha256.add(bytes);
      md5.add(bytes);
      if (part.bytes < bytes_) whole.add(bytes);
      done += static_cast<std::int64_t>(got);
    }
    part.sha256 = sha256.finish();
    part.md5 = md5.finish();
    sums.parts.push_back(std::move(part));
  } while (sums.parts.back().offset + sums.parts.back().bytes < bytes_);
  sums.sha256 = sums.parts.size() == 1 ? sums.parts[0].sha256 : whole.finish();
  check_unchanged();
  return sums;
}

}  // namespace gsa::lake
