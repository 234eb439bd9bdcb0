#include "app/watch_files.h"

#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"

namespace gsa::app {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
using std::chrono::milliseconds;

constexpr milliseconds kQuiet{40};
constexpr milliseconds kSoon{5000};  // far more than anything needs
constexpr milliseconds kNothing{150};

// Runs in its own folder as the current one, so that paths are as one would type them.
class WatchFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    fs::current_path(folder_);
  }
  void TearDown() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

  static void write(const fs::path& path, const std::string& contents = "x") {
    if (path.has_parent_path()) fs::create_directories(path.parent_path());
    write_file(path, contents);
  }

  static Names changes(WatchFiles& watch, milliseconds timeout = kSoon) {
    const auto end = std::chrono::steady_clock::now() + timeout;
    return watch.wait([end] { return std::chrono::steady_clock::now() >= end; });
  }
  static Names none(WatchFiles& watch) { return changes(watch, kNothing); }

  const fs::path before_ = fs::current_path();
  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("gsa_watch_files_test" + std::to_string(getpid()));
};

TEST_F(WatchFilesTest, OfAProjectSeesModelsAndYamlAndNothingElse) {
  write("models/dbt_project.yml");
  write("models/models/a.sql");
  WatchFiles watch({{}, "./models/"}, kQuiet);
  write("models/models/a.sql", "y");
  EXPECT_EQ(changes(watch), Names{"models/models/a.sql"});
  write("models/dbt_project.yml", "y");
  write("models/macros/new/b.sql", "y");
  EXPECT_EQ(changes(watch), (Names{"models/dbt_project.yml", "models/macros", "models/macros/new",
                                   "models/macros/new/b.sql"}));
  write("models/data/warehouse.duckdb");
  write("models/target/compiled/a.sql");
  write("models/models/readme.txt");
  fs::create_directories("models/models/empty");
  EXPECT_EQ(none(watch), Names{});
  fs::remove("models/data/warehouse.duckdb");
  EXPECT_EQ(none(watch), Names{});
}

TEST_F(WatchFilesTest, SeesAFolderOfModelsThatIsMovedAway) {
  write("models/models/marts/a.sql");
  write("models/models/images/a.png");
  WatchFiles watch({{}, "models"}, kQuiet);
  fs::rename("models/models/images", "images");
  EXPECT_EQ(none(watch), Names{});
  fs::rename("models/models/marts", "marts");
  EXPECT_EQ(changes(watch), Names{"models/models/marts"});
}

TEST_F(WatchFilesTest, OfAGlobSeesWhatMatchesComeChangeAndGo) {
  write("prompts/a.csv");
  WatchFiles watch({{"prompts/*.csv"}, ""}, kQuiet);
  write("prompts/b.csv");
  EXPECT_EQ(changes(watch), Names{"prompts/b.csv"});
  write("prompts/notes.txt");
  write("prompts/deeper/c.csv");
  write("elsewhere.csv");
  EXPECT_EQ(none(watch), Names{});
  write("prompts/a.csv", "y");
  fs::remove("prompts/b.csv");
  EXPECT_EQ(changes(watch), (Names{"prompts/a.csv", "prompts/b.csv"}));
  fs::remove("prompts/notes.txt");
  EXPECT_EQ(none(watch), Names{});
}

TEST_F(WatchFilesTest, OfAGlobInTheCurrentFolderSeesFilesAsTyped) {
  WatchFiles watch({{"*.csv"}, ""}, kQuiet);
  write("a.csv");
  write("data/warehouse.duckdb");
  EXPECT_EQ(changes(watch), Names{"a.csv"});
  EXPECT_EQ(none(watch), Names{});
}

TEST_F(WatchFilesTest, OfAGlobOverFoldersSeesOneMovedIn) {
  write("new/deep/a.csv");
  fs::create_directories("prompts");
  WatchFiles watch({{"prompts/**/*.csv"}, ""}, kQuiet);
  fs::rename("new", "prompts/new");
  EXPECT_EQ(changes(watch), (Names{"prompts/new", "prompts/new/deep", "prompts/new/deep/a.csv"}));
  fs::rename("prompts/new", "new");
  EXPECT_EQ(changes(watch), Names{"prompts/new"});
}

TEST_F(WatchFilesTest, SeesAFileThatIsNotThereYet) {
  WatchFiles watch({{"later/a.csv"}, ""}, kQuiet);
  write("later/b.csv");
  EXPECT_EQ(none(watch), Names{});
  write("later/a.csv");
  EXPECT_EQ(changes(watch), Names{"later/a.csv"});
}

TEST_F(WatchFilesTest, NamesAFileOnceThatIsWatchedTwice) {
  write("models/a.sql");
  WatchFiles watch({{"models/a.sql", "./models/a.sql"}, "models"}, kQuiet);
  write("models/a.sql", "y");
  EXPECT_EQ(changes(watch), Names{"models/a.sql"});
}

}  // namespace
}  // namespace gsa::app
