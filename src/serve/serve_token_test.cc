#include "serve/serve_token.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::serve {
namespace {

namespace fs = std::filesystem;

const Environment kNoVariables(std::map<std::string, std::string>{});

// A folder that others may enter, with a file that they may read.
class ServeToken : public testing::Test {
 protected:
  ServeToken() {
    std::string name = (fs::temp_directory_path() / "gsa-token-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    file_ = (folder_ / "data/file").string();
    fs::permissions(folder_, fs::perms(0755));
    fs::create_directory(folder_ / "data");
    write("0123456789abcdef\n", 0644);
  }
  ~ServeToken() override { fs::remove_all(folder_); }
  void write(const std::string& text, int mode) {
    std::ofstream(file_) << text;
    fs::permissions(file_, fs::perms(mode));
  }
  // The folders above belong to the machine: tests may run in a place that is closed to others.
  bool others_may() const { return others_may_read(file_); }

  fs::path folder_;
  std::string file_;
};

TEST_F(ServeToken, IsWantedWhereOthersMayNotReadTheFile) {
  if (!others_may_read(fs::temp_directory_path() / "none")) GTEST_SKIP() << "nobody may look in";
  EXPECT_TRUE(others_may());
  fs::permissions(file_, fs::perms(0640));
  EXPECT_FALSE(others_may());
  fs::permissions(file_, fs::perms(0644));
  fs::permissions(folder_ / "data", fs::perms(0750));
  EXPECT_FALSE(others_may());
  fs::permissions(folder_ / "data", fs::perms(0755));
  fs::permissions(folder_, fs::perms(0700));  // of a folder above
  EXPECT_FALSE(others_may());
}

TEST_F(ServeToken, FollowsLinksToWhereTheFileIs) {
  fs::permissions(folder_ / "data", fs::perms(0700));
  fs::create_symlink(file_, folder_ / "link");
  EXPECT_FALSE(others_may_read(folder_ / "link"));
}

TEST_F(ServeToken, IsNewOrNone) {
  EXPECT_EQ(serve_token({}, kNoVariables, false), "");
  EXPECT_EQ(serve_token({.file = "", .none = true}, kNoVariables, true), "");
  const std::string token = serve_token({}, kNoVariables, true);
  EXPECT_EQ(token.size(), 32U);
  EXPECT_NE(serve_token({}, kNoVariables, true), token);
}

TEST_F(ServeToken, ComesFromTheFileOrTheEnvironment) {
  write("from-the-file-0123456789\n", 0600);
  const std::map<std::string, std::string> given = {{"GSA_TOKEN", "of.the.environment~0"}};
  const Environment variables(given);
  EXPECT_EQ(serve_token({}, variables, false), "of.the.environment~0");
  EXPECT_EQ(serve_token({.file = file_}, variables, false), "from-the-file-0123456789");
  EXPECT_EQ(serve_token({.file = "", .none = true}, variables, true), "");
}

TEST_F(ServeToken, IsRefusedWhereItIsNone) {
  for (const char* bad : {"", "short", "0123456789abcde\n", "0123456789 abcdef0",
                          "a;b=c;0123456789ab", "0123456789abcdef\n0123456789abcdef\n"}) {
    write(bad, 0600);
    EXPECT_THROW(serve_token({.file = file_}, kNoVariables, true), Error) << bad;
  }
  EXPECT_THROW(serve_token({.file = file_ + ".none"}, kNoVariables, true), Error);
  if (!others_may_read(fs::temp_directory_path() / "none")) return;
  write("from-the-file-0123456789\n", 0644);
  EXPECT_THROW(serve_token({.file = file_}, kNoVariables, true), Error);
}

}  // namespace
}  // namespace gsa::serve
