#pragma once

// A file that is being written, hidden beside the one that it will be: ".gsa.part" and a number.
// Engines and our own listings pass over such names. It is removed unless it was published. A
// process that is killed leaves it behind. One thread.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace gsa::lake {

bool is_pending_name(std::string_view file_name);

class PendingFile {
 public:
  // Makes the folders that lack.
  explicit PendingFile(std::filesystem::path target);
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  std::int64_t bytes() const { return bytes_; }
  void append(std::string_view bytes);  // throws Error, with a hint if the disk is full
  void start_over();                    // back to no bytes

  // Syncs the bytes to the disk and gives the file its name, instead of a file that has it.
  void publish();
  // As publish(), but returns false if there is something of that name. Call neither twice.
  bool publish_new();

 private:
  void sync();
  void sync_folders() const;
  [[noreturn]] void fail() const;

  std::filesystem::path target_;
  std::filesystem::path first_new_folder_;  // empty: there were all
  std::string path_;
  Fd file_;
  std::int64_t bytes_ = 0;
  bool published_ = false;
};

}  // namespace gsa::lake
