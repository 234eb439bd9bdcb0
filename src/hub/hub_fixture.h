#pragma once

// A fake hub and an empty cache for it, for this module's tests.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "hub/digest.h"
#include "hub/fake_hub.h"
#include "hub/fetch.h"

namespace gsa::hub {

inline std::string sum_of(SumKind kind, std::string_view bytes) {
  Digest digest(kind, static_cast<std::int64_t>(bytes.size()));
  digest.add(bytes);
  return digest.finish();
}
inline std::string sha256(std::string_view bytes) { return sum_of(SumKind::sha256, bytes); }

// An empty folder, removed at the end.
class EmptyFolder {
 public:
  EmptyFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "gsa_hub_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~EmptyFolder() {
    std::error_code ignored;  // leftovers are in the system's temporary folder
    std::filesystem::remove_all(path_, ignored);
  }
  EmptyFolder(const EmptyFolder&) = delete;
  EmptyFolder& operator=(const EmptyFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class HubTest : public testing::Test {
 protected:
  // After each test: every blob named by a sum has that sum.
  void TearDown() override {
    const std::filesystem::path blobs = dataset_folder() / "blobs";
    if (!std::filesystem::is_directory(blobs)) return;
    for (const auto& entry : std::filesystem::directory_iterator(blobs)) {
      const std::string name = entry.path().filename().string();
      if (sum_kind(name) == SumKind::none) continue;
      EXPECT_EQ(name, sum_of(sum_kind(name), read_file(entry.path()))) << "a corrupt blob";
    }
  }

  void start(const FakeHubOptions& options = {}) {
    hub_ = std::make_unique<FakeHub>(options);
    hub_->set_file("owner/name", "part/file.bin", bytes_);
    settings_.endpoint = hub_->endpoint();
    settings_.token = "hf_secret";
    settings_.etag_timeout = std::chrono::seconds(5);
    settings_.download_timeout = std::chrono::seconds(5);
  }

  // Records waits instead of sleeping, and the texts of messages.
  FetchEvents events() {
    FetchEvents events;
    events.message = [this](const std::string& text) { messages_.push_back(text); };
    events.sleep = [this](std::chrono::milliseconds time) { waits_.push_back(time.count()); };
    events.progress = [this](std::int64_t done, std::int64_t total) {
      done_ = done;
      total_ = total;
    };
    events.cancelled = [] { return false; };
    return events;
  }

  CachedFile fetch_file() { return fetch(settings_, file_, events()); }
  void expect_the_file(const CachedFile& found) const {
    EXPECT_EQ(read_file(found.path), bytes_);
    EXPECT_TRUE(found.whole());
    EXPECT_FALSE(std::filesystem::exists(part_path()));
    EXPECT_FALSE(std::filesystem::exists(part_path() + ".info"));
  }
  // The error that ends the fetch.
  Error failing_fetch() {
    try {
      fetch_file();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "the fetch succeeded";
    return Error("");
  }

  std::filesystem::path dataset_folder() const { return settings_.cache / "datasets--owner--name"; }
  std::string blob_path() const { return dataset_folder() / "blobs" / sha256(bytes_); }
  std::string part_path() const { return blob_path() + ".gsa-part"; }
  std::string all_messages() const { return fmt::format("{}", fmt::join(messages_, "\n")); }

  EmptyFolder folder_;
  std::string bytes_ = made_up_bytes(300'000);
  std::unique_ptr<FakeHub> hub_;
  HubFile file_ = parse_hub_url("hf://datasets/owner/name/part/file.bin");
  Settings settings_{.cache = folder_.path() / "hub"};
  std::vector<std::string> messages_;
  std::vector<std::int64_t> waits_;  // milliseconds
  std::int64_t done_ = -1, total_ = -1;
};

}  // namespace gsa::hub
