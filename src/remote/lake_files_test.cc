#include "remote/lake_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"

namespace gsa::remote {
namespace {

namespace fs = std::filesystem;

class LakeFilesTest : public testing::Test {
 protected:
  LakeFiles lake(const std::string& base = "") {
    return {lake::Location{.folder = folder_ / "lake"}, {}, base, folder_ / "scratch", {}};
  }
  ~LakeFilesTest() override { fs::remove_all(folder_); }
  const fs::path folder_ =
      fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(LakeFilesTest, AFileIsWrittenOnce) {
  LakeFiles files = lake();
  int written = 0;
  const auto write = [&](const fs::path& file) { write_file(file, fmt::format("{}", ++written)); };
  files.put("raw/a/part-0.parquet", write);
  files.put("raw/a/part-0.parquet", write);
  EXPECT_EQ(written, 1);
  EXPECT_EQ(read_file(folder_ / "lake/raw/a/part-0.parquet"), "1");
  EXPECT_FALSE(fs::exists(folder_ / "scratch"));
}

TEST_F(LakeFilesTest, TrinosNamesAreFilesHere) {
  const LakeFiles files = lake("local:///gsa");
  EXPECT_EQ(files.uri("raw/a"), "local:///gsa/raw/a");
  EXPECT_EQ(files.read({"local:///gsa/raw/b.parquet"})->paths(),
            (std::vector<fs::path>{folder_ / "lake/raw/b.parquet"}));
  // The root of Trino's storage.
  EXPECT_EQ(lake("local:///").read({"local:///a/b.parquet"})->paths(),
            (std::vector<fs::path>{folder_ / "lake/a/b.parquet"}));
}

TEST_F(LakeFilesTest, WhatIsElsewhereIsRefused) {
  for (const char* uri : {"local:///other/b.parquet", "local:///gsa2/b.parquet", "s3://gsa/b"}) {
    EXPECT_THROW(lake("local:///gsa").read({uri}), Error) << uri;
  }
}

}  // namespace
}  // namespace gsa::remote
