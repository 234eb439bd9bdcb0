#pragma once

// The files that this machine and Trino share: those of raw tables on their way there, and those of
// models on their way back.

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "lake/store.h"

namespace gsa::remote {

// Files that can be read here. Those that had to be fetched are deleted with the object.
class LocalFiles {
 public:
  LocalFiles() = default;
  ~LocalFiles();
  LocalFiles(const LocalFiles&) = delete;
  LocalFiles& operator=(const LocalFiles&) = delete;

  const std::vector<std::filesystem::path>& paths() const { return paths_; }

 private:
  friend class LakeFiles;
  std::vector<std::filesystem::path> paths_;
  std::filesystem::path fetched_to_;  // a folder; empty: nothing was fetched
};

// Any thread may call any function.
class LakeFiles {
 public:
  // `engine_base` is how Trino names the location, `scratch` a folder for files on their way.
  LakeFiles(lake::Location location, lake::S3Settings settings, std::string engine_base,
            std::filesystem::path scratch, lake::StoreEvents events);

  // Puts the file that `write` makes under the key, unless the lake has it.
  void put(const std::string& key, const std::function<void(const std::filesystem::path&)>& write);
  // Trino's name for a key, or for a folder of keys.
  std::string uri(const std::string& key) const;
  // The files of these names of Trino's. Throws Error if one is outside the location, or for S3,
  // outside its bucket.
  std::unique_ptr<LocalFiles> read(const std::vector<std::string>& uris) const;

 private:
  std::filesystem::path new_folder() const;

  const lake::Location location_;
  const lake::S3Settings settings_;
  const std::string engine_base_;
  const std::filesystem::path scratch_;
  const lake::StoreEvents events_;
};

}  // namespace gsa::remote
