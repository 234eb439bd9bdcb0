#include "app/output_file.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::app {
namespace {

// Of this process, and of this file in it.
std::string new_number() {
  static std::atomic<int> last = 0;
  return fmt::format("{}.{}", getpid(), ++last);
}

}  // namespace

OutputFile::OutputFile(std::string path)
    : path_(std::move(path)),
      part_(fmt::format("{}.part{}", std::filesystem::absolute(path_).string(), new_number())) {}

OutputFile::~OutputFile() {
  if (!kept_) std::remove(part_.c_str());
}

void OutputFile::keep() {
  if (std::rename(part_.c_str(), path_.c_str()) != 0) {
    throw Error(fmt::format("cannot write {}: {}", path_, std::strerror(errno)));
  }
  kept_ = true;
}

}  // namespace gsa::app
