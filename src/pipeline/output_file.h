#pragma once

// A file that appears whole or not at all: written under a temporary name beside its own.

#include <string>

namespace gsa::pipeline {

class OutputFile {
 public:
  // Makes the part, empty; throws Error.
  explicit OutputFile(std::string path);
  ~OutputFile();  // removes the part if it was not kept
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::string& part() const { return part_; }  // where to write
  void keep();                                       // gives the part its name; throws Error

 private:
  std::string path_;
  std::string part_;
  bool kept_ = false;
};

}  // namespace gsa::pipeline
