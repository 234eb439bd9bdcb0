#include "base/glob.h"

#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/file.h"

namespace gsa {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

class Glob : public testing::Test {
 protected:
  Glob() {
    std::string name = (fs::temp_directory_path() / "gsa_glob_XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Glob() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  void make(const std::string& name) const {
    fs::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, "x");
  }
  // Without the folder.
  Names bare(Names paths) const {
    for (std::string& path : paths) path = path.substr(folder_.string().size() + 1);
    return paths;
  }
  GlobMatches match(const std::string& pattern) const {
    return match_files((folder_ / pattern).string());
  }
  Names files(const std::string& pattern) const { return bare(match(pattern).files); }

  fs::path folder_;
};

TEST_F(Glob, MatchesNamesAsAShellDoes) {
  for (const char* name : {"a.csv", "b.csv", "ab.csv", "a.txt", "d/c.csv", "d/e/f.csv"}) make(name);
  EXPECT_EQ(files("*.csv"), (Names{"a.csv", "ab.csv", "b.csv"}));
  EXPECT_EQ(files("?.csv"), (Names{"a.csv", "b.csv"}));
  EXPECT_EQ(files("[!a].csv"), (Names{"b.csv"}));
  EXPECT_EQ(files("*/*.csv"), (Names{"d/c.csv"}));
  EXPECT_EQ(files("**/*.csv"), (Names{"a.csv", "ab.csv", "b.csv", "d/c.csv", "d/e/f.csv"}));
  EXPECT_EQ(files("d/**"), (Names{"d/c.csv", "d/e/f.csv"}));
  EXPECT_EQ(files("nowhere/*.csv"), Names{});
  EXPECT_EQ(bare(match("*").folders), Names{"d"});
}

TEST_F(Glob, LeavesHiddenNamesOut) {
  for (const char* name : {"a.csv", ".b.csv", ".git/c.csv", "_temporary/0/d.csv", "_e.csv",
                           "d/.ipynb_checkpoints/a.csv"}) {
    make(name);
  }
  EXPECT_EQ(files("**/*.csv"), Names{"a.csv"});
  EXPECT_EQ(files("*.csv"), Names{"a.csv"});
  EXPECT_EQ(bare(match("*.csv").underscored), Names{"_e.csv"});
  EXPECT_EQ(files("_*.csv"), Names{"_e.csv"});
  EXPECT_EQ(files(".git/*.csv"), Names{".git/c.csv"});
}

TEST_F(Glob, TellsBrokenLinksAndFollowsNoLoops) {
  make("d/a.csv");
  fs::create_symlink("nothing", folder_ / "broken.csv");
  fs::create_directory_symlink("..", folder_ / "d/up");
  fs::create_symlink("a.csv", folder_ / "d/link.csv");
  const GlobMatches found = match("**/*.csv");
  EXPECT_EQ(bare(found.files), (Names{"d/a.csv", "d/link.csv"}));
  EXPECT_EQ(bare(found.broken), Names{"broken.csv"});
  EXPECT_EQ(files("d/up/d/*.csv"), (Names{"d/up/d/a.csv", "d/up/d/link.csv"}));
}

TEST_F(Glob, TellsFoldersThatCannotBeRead) {
  make("a.csv");
  make("secret/b.csv");
  fs::permissions(folder_ / "secret", fs::perms::none);
  fs::permissions(folder_, fs::perms(0755));
  const bool root = geteuid() == 0;
  constexpr uid_t kNobody = 65534;
  ASSERT_TRUE(!root || seteuid(kNobody) == 0);
  const GlobMatches found = match("**/*.csv");
  ASSERT_TRUE(!root || seteuid(0) == 0);
  EXPECT_EQ(bare(found.files), Names{"a.csv"});
  EXPECT_EQ(bare(found.unreadable), Names{"secret: Permission denied"});
}

TEST_F(Glob, TakesNamesThatAreNoUtf8) {
  make("caf\xe9.csv");
  make("ok.csv");
  EXPECT_EQ(files("*.csv"), (Names{"caf\xe9.csv", "ok.csv"}));
}

TEST(MatchesPath, KnowsAnyDepth) {
  EXPECT_TRUE(matches_path("**/*.parquet", "a.parquet"));
  EXPECT_TRUE(matches_path("**/*.parquet", "x/y/a.parquet"));
  EXPECT_TRUE(matches_path("data/train-*.parquet", "data/train-0.parquet"));
  EXPECT_TRUE(matches_path("data/**", "data/x/a.csv"));
  EXPECT_FALSE(matches_path("*.parquet", "x/a.parquet"));
  EXPECT_FALSE(matches_path("data/**", "data"));
  EXPECT_FALSE(matches_path("**/*.csv", ".git/a.csv"));
}

}  // namespace
}  // namespace gsa
