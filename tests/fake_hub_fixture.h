#pragma once

// Runs gsa against a fake hub in the test's process, with its own cache.

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/text.h"
#include "golden.h"
#include "gsa_process.h"
#include "hub/digest.h"
#include "hub/fake_hub.h"

namespace gsa::tests {

inline std::string sum_of(const std::string& bytes, hub::SumKind kind = hub::SumKind::sha256) {
  hub::Digest digest(kind, static_cast<std::int64_t>(bytes.size()));
  digest.add(bytes);
  return digest.finish();
}

class FakeHubTest : public testing::Test {
 protected:
  // After each test: every blob named by a sum has that sum.
  void TearDown() override {
    if (!std::filesystem::is_directory(cache())) return;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(cache())) {
      const std::string name = entry.path().filename().string();
      if (entry.path().parent_path().filename() != "blobs") continue;
      if (hub::sum_kind(name) == hub::SumKind::none) continue;
      EXPECT_EQ(name, sum_of(read_file(entry.path()), hub::sum_kind(name))) << "a corrupt blob";
    }
  }

  ProcessOptions online(const std::vector<std::string>& more = {}) const {
    ProcessOptions options{folder_.path(), {}, {}};
    options.environment = {"HF_HUB_OFFLINE=", "HF_HOME=" + folder_ / "huggingface",
                           "HF_ENDPOINT=" + hub_.endpoint()};
    options.environment.insert(options.environment.end(), more.begin(), more.end());
    return options;
  }
  ProcessOptions offline() const { return online({"HF_HUB_OFFLINE=1"}); }

  static Outcome run(const std::vector<std::string>& arguments, const ProcessOptions& options) {
    return GsaProcess(arguments, options).wait();
  }

  // The output that a user sees, without the parts that differ between runs.
  std::string seen(const std::vector<std::string>& arguments, const Outcome& outcome) const {
    return replace_all(transcript(folder_, arguments, outcome), hub_.endpoint(), "HUB");
  }

  std::filesystem::path cache() const { return folder_.path() / "huggingface" / "hub"; }
  std::filesystem::path dataset() const { return cache() / "datasets--owner--name"; }

  // Bytes that the hub sent in bodies of files.
  std::int64_t served_bytes() const {
    std::int64_t bytes = 0;
    for (const hub::ReceivedRequest& request : hub_.requests(hub::Place::cdn)) {
      bytes += request.body_bytes;
    }
    return bytes;
  }

  TempFolder folder_;
  hub::FakeHub hub_;
};

}  // namespace gsa::tests
