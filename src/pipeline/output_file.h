#pragma once

// A file that appears complete or not at all: written under a temporary name beside the final one.

#include <string>

namespace gsa::pipeline {

class OutputFile {
 public:
  // Creates the temporary file, empty; throws Error.
  explicit OutputFile(std::string path);
  ~OutputFile();  // removes the temporary file unless kept
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::string& part() const { return part_; }  // path of the temporary file
  void keep();                                       // renames it to its final name; throws Error

 private:
  std::string path_;
  std::string part_;
  bool kept_ = false;
};

}  // namespace gsa::pipeline
