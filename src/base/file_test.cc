#include "base/file.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("gsa_file_test" + std::to_string(getpid()));
};

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "(no error)";
}

TEST_F(FileTest, ReadsBackWhatItWroteByteForByte) {
  const std::string bytes("a\r\n\0\xff", 5);
  write_file(folder_ / "x", bytes);
  EXPECT_EQ(read_file(folder_ / "x"), bytes);
  write_file(folder_ / "x", "");
  EXPECT_EQ(read_file(folder_ / "x"), "");
}

// A reader that has the old file open keeps it: the new file only takes over its name.
TEST_F(FileTest, WritesBesideAndRenames) {
  const fs::path path = folder_ / "x";
  write_file(path, "old contents");
  std::ifstream reader(path);
  write_file(path, "new");
  std::string seen;
  std::getline(reader, seen);
  EXPECT_EQ(seen, "old contents");
  EXPECT_EQ(read_file(path), "new");
  EXPECT_EQ(entries(), 1) << "something was left beside it";
}

TEST_F(FileTest, AFailedWriteLeavesNothingBehind) {
  const fs::path taken = folder_ / "taken";
  fs::create_directories(taken / "inside");
  EXPECT_EQ(message_of([&] { write_file(taken, "x"); }),
            "cannot write " + taken.string() + ": Is a directory");
  EXPECT_TRUE(fs::is_directory(taken / "inside"));
  EXPECT_EQ(entries(), 1);
}

TEST_F(FileTest, ErrorsNameThePathAndTheReason) {
  const fs::path missing = folder_ / "none" / "x";
  EXPECT_EQ(message_of([&] { write_file(missing, "x"); }),
            "cannot write " + missing.string() + ": No such file or directory");
  EXPECT_EQ(message_of([&] { read_file(missing); }),
            "cannot read " + missing.string() + ": No such file or directory");
  EXPECT_EQ(message_of([&] { read_file(folder_); }), folder_.string() + " is a folder, not a file");
  const fs::path too_long = folder_ / std::string(300, 'x');
  EXPECT_EQ(message_of([&] { read_file(too_long); }),
            "cannot read " + too_long.string() + ": File name too long");
}

TEST_F(FileTest, MakesFoldersWithTheirParentsAndAcceptsExistingOnes) {
  make_folder(folder_ / "a" / "b");
  make_folder(folder_ / "a" / "b");
  make_folder("");
  EXPECT_TRUE(fs::is_directory(folder_ / "a" / "b"));
}

TEST_F(FileTest, MakesNoFolderWhereAFileIs) {
  const fs::path path = folder_ / "x";
  write_file(path, "");
  EXPECT_EQ(message_of([&] { make_folder(path); }),
            "cannot make the folder " + path.string() + ": a file of that name is in the way");
  EXPECT_EQ(message_of([&] { make_folder(path / "y"); }),
            "cannot make the folder " + (path / "y").string() + ": Not a directory");
}

TEST(FormatBytes, KeepsThreeDigitsOrFewerBeforeThePoint) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1000), "1.0 kB");
  EXPECT_EQ(format_bytes(1'240'000'000), "1.2 GB");
  EXPECT_EQ(format_bytes(999'949), "999.9 kB");
  EXPECT_EQ(format_bytes(999'951), "1.0 MB");
  EXPECT_EQ(format_bytes(5e15), "5000.0 TB");
}

}  // namespace
}  // namespace gsa
