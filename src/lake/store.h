#pragma once

// Where the files of other engines' tables are kept: a local folder, or a bucket of S3 storage. A
// file is there as a whole or not at all, and is never replaced, so whoever reads a table never
// sees half of a file or two versions of it. Keys are relative to the store's location
// (location.h). A store serves one thread.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lake/location.h"
#include "lake/s3_settings.h"

namespace gsa::lake {

// What the caller hears of an operation while it goes on, and what ends it. Every function of a
// Store throws Error{interrupted} within 0.3 s after `stop` was set.
struct StoreEvents {
  std::function<void(std::int64_t done, std::int64_t total)> progress = {};  // bytes of the file
  std::function<void(const std::string&)> message = {};  // such as "…; trying again in 2 s"
  std::stop_token stop = {};
};

struct StoredFile {
  std::string key;
  std::int64_t bytes = 0;
};

enum class PutResult {
  stored,
  // With the same size and sum: put before, by somebody else at the same time, or by this call, if
  // the storage's answer was lost.
  was_there,
};

// All functions throw Error that names the location and the key.
class Store {
 public:
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Copies the local file to the key. If another file has the key already, or one whose sum is not
  // known, throws and leaves that unchanged.
  virtual PutResult put(const std::filesystem::path& file, const std::string& key,
                        const StoreEvents& events = {}) = 0;
  // Copies it to the local file, which appears as a whole and replaces one of that name. Sizes are
  // compared, and so are sums where the store keeps them: those of files that put() stored.
  virtual void get(const std::string& key, const std::filesystem::path& file,
                   const StoreEvents& events = {}) = 0;
  // The bytes of the file; null if there is none.
  virtual std::optional<std::int64_t> size(const std::string& key,
                                           const StoreEvents& events = {}) = 0;
  // All files whose keys begin so, in the order of their bytes. "2026-1" finds "2026-10/a" too.
  virtual std::vector<StoredFile> list(const std::string& prefix,
                                       const StoreEvents& events = {}) = 0;
  // No error if there is no such file. A folder that becomes empty stays.
  virtual void remove(const std::string& key, const StoreEvents& events = {}) = 0;

  bool exists(const std::string& key, const StoreEvents& events = {}) {
    return size(key, events).has_value();
  }
  // How an engine names the file, not percent-encoded: "s3://bucket/prefix/key",
  // "file:///folder/key", or below the address that open_store() was given.
  std::string uri(const std::string& key) const;

 protected:
  explicit Store(std::string engine_base) : engine_base_(std::move(engine_base)) {}

 private:
  std::string engine_base_;
};

// Opens no connection, and makes no folder. `engine_base` is the address by which an engine sees
// the location if it sees it by another: "local:///raw" for a Trino with local.location above.
std::unique_ptr<Store> open_store(const Location& location, const S3Settings& settings,
                                  const std::string& engine_base = "");

}  // namespace gsa::lake
