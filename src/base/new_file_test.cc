#include "base/new_file.h"

#include <filesystem>
#include <set>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa {
namespace {

namespace fs = std::filesystem;

TEST(NewFile, IsAnotherEachTimeAndEmpty) {
  const fs::path folder = fs::temp_directory_path() / ("gsa_new_file_" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::set<std::string> made;
  for (int i = 0; i < 10; ++i) made.insert(make_new_file_beside(folder / "x.csv"));
  EXPECT_EQ(made.size(), 10u);
  for (const std::string& path : made) {
    EXPECT_TRUE(path.starts_with((folder / "x.csv.part").string())) << path;
    EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(path)));
    EXPECT_EQ(fs::file_size(path), 0u);
  }
  EXPECT_THROW(make_new_file_beside(folder / "no" / "x.csv"), Error);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace gsa
