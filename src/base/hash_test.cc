#include "base/hash.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace gsa {
namespace {

// One text for each length class of XXH3, with the values that `xxhsum -H3` prints.
TEST(Hash, IsXxh3) {
  EXPECT_EQ(stable_hash(""), 0x2d06800538d394c2u);
  EXPECT_EQ(stable_hash(std::string(16, 'a')), 0x13ba5039476cd10au);
  EXPECT_EQ(stable_hash(std::string(100, 'a')), 0x411d9368f9c30e07u);
  EXPECT_EQ(stable_hash(std::string(200, 'a')), 0xac2bd404bce6c995u);
  EXPECT_EQ(stable_hash(std::string(1000, 'a')), 0xb3e7af627147db7cu);
}

TEST(Hash, OfAFileIsThatOfItsFirstBytes) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / ("gsa_hash_test" + std::to_string(getpid()));
  const std::string text(3'000'000, 'x');
  std::ofstream(path) << text << "more";
  EXPECT_EQ(stable_hash_of_file(path, std::ssize(text)), stable_hash(text));
  EXPECT_EQ(stable_hash_of_file(path, 0), stable_hash(""));
  EXPECT_EQ(stable_hash_of_file(path, std::ssize(text) + 5), std::nullopt);
  std::filesystem::remove(path);
  EXPECT_EQ(stable_hash_of_file(path, 1), std::nullopt);
}

}  // namespace
}  // namespace gsa
