#pragma once

// Folders, files and a fake S3 storage, for this module's tests.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "lake/byte_sum.h"
#include "lake/fake_s3.h"
#include "lake/store.h"

namespace gsa::lake {

using Millis = std::chrono::milliseconds;

// The error that a call throws.
template <typename Call>
Error error_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  throw std::runtime_error("the call has not failed");
}

// Bytes that do not compress and are the same in every run.
inline std::string some_bytes(std::size_t size) {
  std::string bytes;
  for (std::uint64_t id = 0; bytes.size() < size; ++id) {
    for (const std::uint32_t word : RandomStream(1, 1).at(id).word) {
      bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
  }
  bytes.resize(size);
  return bytes;
}

// An empty folder, removed at the end.
class LakeFolder {
 public:
  LakeFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "gsa_lake_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~LakeFolder() {
    std::error_code ignored;  // leftovers are in the system's temporary folder
    std::filesystem::remove_all(path_, ignored);
  }
  LakeFolder(const LakeFolder&) = delete;
  LakeFolder& operator=(const LakeFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::filesystem::path file(const std::string& name, const std::string& bytes) const {
    write_file(path_ / name, bytes);
    return path_ / name;
  }
  // The names of all that is in it, hidden or not.
  std::vector<std::string> names(const std::string& below = "") const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_ / below)) {
      found.push_back(entry.path().filename().string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  std::filesystem::path path_;
};

// "a 1, b 2"
inline std::string shown(const std::vector<StoredFile>& files) {
  std::vector<std::string> texts;
  for (const StoredFile& file : files) texts.push_back(fmt::format("{} {}", file.key, file.bytes));
  return fmt::format("{}", fmt::join(texts, ", "));
}

class S3Test : public testing::Test {
 protected:
  // Starts the fake storage; open() then reaches it.
  void start(FakeS3Options options = {}) {
    settings_.access_key = options.bucket.signer.access_key;
    settings_.secret_key = options.bucket.signer.secret_key;
    settings_.region = options.bucket.signer.region;
    settings_.part_bytes = 100'000;
    settings_.retry_limit = Millis(3000);
    settings_.idle_timeout = Millis(3000);
    fake_ = std::make_unique<FakeS3>(std::move(options));
    settings_.endpoint = fake_->endpoint();
  }
  Store& store() {
    if (!store_) store_ = open_store(location_, settings_);
    return *store_;
  }
  StoreEvents events() {
    return {.progress = [this](std::int64_t done,
                               std::int64_t total) { progress_.emplace_back(done, total); },
            .message = [this](const std::string& text) { messages_.push_back(text); },
            .stop = stop_.get_token()};
  }
  PutResult put(const std::string& key) {
    return store().put(folder_.file("source", bytes_), key, events());
  }
  std::string get(const std::string& key) {
    store().get(key, folder_ / "got", events());
    return read_file(folder_ / "got");
  }
  Error failing_put(const std::string& key) {
    return error_of([&] { put(key); });
  }
  Error failing_get(const std::string& key) {
    return error_of([&] { get(key); });
  }
  std::size_t count(const std::string& method) const { return fake_->requests(method).size(); }

  LakeFolder folder_;
  std::unique_ptr<FakeS3> fake_;
  Location location_{.bucket = "bucket", .prefix = "raw"};
  S3Settings settings_;
  std::string bytes_ = some_bytes(50'000);
  std::unique_ptr<Store> store_;
  std::stop_source stop_;
  std::vector<std::pair<std::int64_t, std::int64_t>> progress_;
  std::vector<std::string> messages_;
};

}  // namespace gsa::lake
