#include "pipeline/output_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/new_file.h"

namespace gsa::pipeline {
namespace {

// Error messages name the file as the user typed it.
std::string part_of(const std::string& path) {
  try {
    return make_new_file_beside(std::filesystem::absolute(path));
  } catch (const Error& error) {
    const std::string& text = error.message();
    throw Error(fmt::format("cannot write {}{}", path, text.substr(text.rfind(": "))));
  }
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)), part_(part_of(path_)) {}

OutputFile::~OutputFile() {
  if (!kept_) std::remove(part_.c_str());
}

void OutputFile::keep() {
  if (std::rename(part_.c_str(), path_.c_str()) != 0) {
    throw Error(fmt::format("cannot write {}: {}", path_, std::strerror(errno)));
  }
  kept_ = true;
}

}  // namespace gsa::pipeline
