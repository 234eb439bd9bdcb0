#include "app/output_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::app {

OutputFile::OutputFile(std::string path)
    : path_(std::move(path)), part_(fmt::format("{}.part{}", path_, getpid())) {}

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
