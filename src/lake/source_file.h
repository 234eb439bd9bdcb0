#pragma once

// A local file that is being put into a store. It must not change meanwhile. One thread.

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/fd.h"

namespace gsa::lake {

// Bytes that are sent together, and their sums, which are bytes too.
struct FilePart {
  std::int64_t offset = 0;
  std::int64_t bytes = 0;
  std::string sha256 = {}, md5 = {};
};

struct FileSums {
  std::string sha256;           // of the whole file
  std::vector<FilePart> parts;  // at least one, in order; all but the last of the same size
};

class SourceFile {
 public:
  explicit SourceFile(std::filesystem::path path);  // throws Error if it is not a file

  const std::filesystem::path& path() const { return path_; }
  std::int64_t bytes() const { return bytes_; }

  // Reads at most `size` bytes from there. Throws Error if there are none, for the file is shorter
  // than it was.
  std::size_t read(char* buffer, std::size_t size, std::int64_t offset) const;
  // Throws Error if size or time of change are no longer those of the beginning.
  void check_unchanged() const;
  // Reads the file once. Throws Error{interrupted} as soon as `stop` is set.
  FileSums sums(std::int64_t part_bytes, const std::stop_token& stop) const;

 private:
  std::filesystem::path path_;
  Fd file_;
  std::int64_t bytes_ = 0;
  std::timespec changed_{};
};

// Throws Error{interrupted} if `stop` is set.
void stop_if_requested(const std::stop_token& stop);

}  // namespace gsa::lake
