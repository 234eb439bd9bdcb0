#include "base/file_watch.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <sched.h>
#include <set>
#include <string>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"

namespace gsa {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Paths = std::vector<fs::path>;

constexpr milliseconds kQuiet{40};
constexpr milliseconds kSoon{5000};  // far more than anything takes
constexpr milliseconds kNothing{150};

// Writes into the existing file; write_file() would replace it.
void write_in_place(const fs::path& path, const std::string& contents) {
  std::ofstream(path, std::ios::binary) << contents;
}

class FileWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // The next report; empty if there is none.
  static Paths changes(FileWatch& watch, milliseconds timeout = kSoon) {
    const std::optional<Paths> found = watch.wait(timeout);
    EXPECT_NE(found, Paths{}) << "a report of nothing";
    return found.value_or(Paths{});
  }
  static Paths none(FileWatch& watch) { return changes(watch, kNothing); }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("gsa_file_watch_test" + std::to_string(getpid()));
};

// --- Files.

TEST_F(FileWatchTest, SeesWritesInPlace) {
  const fs::path file = folder_ / "x";
  write_in_place(file, "1");
  FileWatch watch({file}, kQuiet);
  write_in_place(file, "2");
  EXPECT_EQ(changes(watch), Paths{file});
  std::ofstream(file, std::ios::app) << "more";
  EXPECT_EQ(changes(watch), Paths{file});
  fs::resize_file(file, 1);
  EXPECT_EQ(changes(watch), Paths{file});
  EXPECT_EQ(none(watch), Paths{});
}

TEST_F(FileWatchTest, SeesAnotherFileRenamedOverItAgainAndAgain) {
  const fs::path file = folder_ / "x";
  write_file(file, "1");
  FileWatch watch({file}, kQuiet);
  for (const char* contents : {"2", "3"}) {
    write_file(file, contents);
    EXPECT_EQ(changes(watch), Paths{file});
  }
  write_in_place(file, "4");
  EXPECT_EQ(changes(watch), Paths{file});
}

TEST_F(FileWatchTest, SeesItRemovedAndMadeAnew) {
  const fs::path file = folder_ / "x";
  write_file(file, "1");
  FileWatch watch({file}, kQuiet);
  fs::remove(file);
  EXPECT_EQ(changes(watch), Paths{file});
  write_in_place(file, "2");
  EXPECT_EQ(changes(watch), Paths{file});
  fs::rename(file, folder_ / "y");
  EXPECT_EQ(changes(watch), Paths{file});
}

TEST_F(FileWatchTest, SeesAFileThatWasNotThere) {
  const fs::path file = folder_ / "x";
  FileWatch watch({file}, kQuiet);
  EXPECT_EQ(none(watch), Paths{});
  write_in_place(file, "");
  EXPECT_EQ(changes(watch), Paths{file});
}

TEST_F(FileWatchTest, SeesAFileWhoseFolderWasNotThere) {
  const fs::path file = folder_ / "a" / "b" / "x";
  FileWatch watch({file}, kQuiet);
  fs::create_directory(folder_ / "a");
  EXPECT_EQ(none(watch), Paths{}) << "a folder on the way is not the file";
  // Folder and file exist before the folder can be watched.
  fs::create_directory(folder_ / "a" / "b");
  write_in_place(file, "1");
  EXPECT_EQ(changes(watch), Paths{file});
  write_in_place(file, "2");
  EXPECT_EQ(changes(watch), Paths{file});
  fs::remove_all(folder_ / "a");
  EXPECT_EQ(changes(watch), Paths{file});
}

TEST_F(FileWatchTest, SeesItsFolderReplaced) {
  const fs::path file = folder_ / "a" / "x";
  fs::create_directory(folder_ / "a");
  fs::create_directory(folder_ / "b");
  write_file(file, "1");
  write_file(folder_ / "b" / "x", "2");
  FileWatch watch({file}, kQuiet);
  fs::rename(folder_ / "a", folder_ / "c");
  EXPECT_EQ(changes(watch), Paths{file});
  fs::rename(folder_ / "b", folder_ / "a");
  EXPECT_EQ(changes(watch), Paths{file});
  write_in_place(folder_ / "c" / "x", "3");
  EXPECT_EQ(none(watch), Paths{}) << "the old folder is another path now";
  write_in_place(file, "4");
  EXPECT_EQ(changes(watch), Paths{file});
}

TEST_F(FileWatchTest, IgnoresReadingAndItsNeighbours) {
  const fs::path file = folder_ / "x";
  write_file(file, "1");
  FileWatch watch({file, folder_}, kQuiet);
  EXPECT_EQ(read_file(file), "1");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::file_size(file), 1u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
  EXPECT_EQ(none(watch), Paths{});

  FileWatch alone({file}, kQuiet);
  write_file(folder_ / "xx", "");
  write_file(folder_ / "y", "");
  EXPECT_EQ(none(alone), Paths{});
}

// --- Links.

TEST_F(FileWatchTest, SeesWhatALinkLeadsToChange) {
  const fs::path link = folder_ / "link", target = folder_ / "far" / "target";
  fs::create_directory(folder_ / "far");
  write_file(target, "1");
  fs::create_symlink("far/target", link);
  FileWatch watch({link}, kQuiet);
  write_in_place(target, "2");
  EXPECT_EQ(changes(watch), Paths{link});
  write_file(target, "3");
  EXPECT_EQ(changes(watch), Paths{link});
  write_in_place(target, "4");
  EXPECT_EQ(changes(watch), Paths{link});
  fs::remove(target);
  EXPECT_EQ(changes(watch), Paths{link});
}

TEST_F(FileWatchTest, SeesALinkLeadElsewhere) {
  const fs::path link = folder_ / "link";
  write_file(folder_ / "a", "1");
  write_file(folder_ / "b", "2");
  fs::create_symlink(folder_ / "a", link);
  FileWatch watch({link}, kQuiet);
  fs::create_symlink(folder_ / "b", folder_ / "new");
  fs::rename(folder_ / "new", link);
  EXPECT_EQ(changes(watch), Paths{link});
  write_in_place(folder_ / "a", "3");
  EXPECT_EQ(none(watch), Paths{});
  write_in_place(folder_ / "b", "4");
  EXPECT_EQ(changes(watch), Paths{link});
}

// As Kubernetes switches the files of a mounted configuration: x -> now/x, now -> v1.
TEST_F(FileWatchTest, SeesALinkOnTheWaySwitched) {
  for (const char* version : {"v1", "v2"}) {
    fs::create_directory(folder_ / version);
    write_file(folder_ / version / "x", version);
  }
  fs::create_symlink("v1", folder_ / "now");
  fs::create_symlink("now/x", folder_ / "x");
  FileWatch watch({folder_ / "x"}, kQuiet);
  fs::create_symlink("./v2/", folder_ / "new");
  fs::rename(folder_ / "new", folder_ / "now");
  EXPECT_EQ(changes(watch), Paths{folder_ / "x"});
  write_in_place(folder_ / "v2" / ".." / "v2" / "x", "v3");
  EXPECT_EQ(changes(watch), Paths{folder_ / "x"});
}

TEST_F(FileWatchTest, ALinkToItselfIsAFileThatIsNotThere) {
  const fs::path link = folder_ / "link";
  fs::create_symlink("link", link);
  FileWatch watch({link}, kQuiet);
  EXPECT_EQ(none(watch), Paths{});
  fs::remove(link);
  write_file(link, "");
  EXPECT_EQ(changes(watch), Paths{link});
}

TEST_F(FileWatchTest, SeesFilesThatLinksInAFolderLeadTo) {
  const fs::path inside = folder_ / "inside", target = folder_ / "target";
  fs::create_directory(inside);
  write_file(target, "1");
  FileWatch watch({inside}, kQuiet);
  fs::create_symlink(target, inside / "link");
  EXPECT_EQ(changes(watch), Paths{inside / "link"});
  write_file(target, "2");
  EXPECT_EQ(changes(watch), Paths{inside / "link"});
  fs::remove(inside / "link");
  EXPECT_EQ(changes(watch), Paths{inside / "link"});
  write_file(target, "3");
  EXPECT_EQ(none(watch), Paths{});
}

TEST_F(FileWatchTest, FollowsALinkToAFolderOnlyWhereItIsThePathGiven) {
  const fs::path real = folder_ / "real", link = folder_ / "link";
  fs::create_directories(real / "sub");
  fs::create_symlink(real, link);
  fs::create_symlink("..", real / "sub" / "loop");
  FileWatch watch({link}, kQuiet);
  write_file(real / "sub" / "x", "");
  EXPECT_EQ(changes(watch), Paths{link / "sub" / "x"});
}

// --- Folders.

TEST_F(FileWatchTest, SeesWhatHappensInAFolderAndBelow) {
  fs::create_directories(folder_ / "a" / "b");
  const fs::path file = folder_ / "a" / "b" / "x", other = folder_ / "y";
  FileWatch watch({folder_}, kQuiet);
  write_in_place(file, "1");
  EXPECT_EQ(changes(watch), Paths{file});
  write_in_place(file, "2");
  EXPECT_EQ(changes(watch), Paths{file});
  fs::rename(file, other);
  EXPECT_EQ(changes(watch), (Paths{file, other}));
  fs::remove(other);
  EXPECT_EQ(changes(watch), Paths{other});
  fs::remove(folder_ / "a" / "b");
  EXPECT_EQ(changes(watch), Paths{folder_ / "a" / "b"});
}

// The files exist before the watch learns of their folders.
TEST_F(FileWatchTest, SeesFilesMadeInANewFolderBeforeThatIsWatched) {
  FileWatch watch({folder_}, kQuiet);
  fs::create_directories(folder_ / "a" / "b");
  write_in_place(folder_ / "a" / "x", "");
  write_in_place(folder_ / "a" / "b" / "y", "");
  EXPECT_EQ(changes(watch), (Paths{folder_ / "a", folder_ / "a" / "b", folder_ / "a" / "b" / "y",
                                   folder_ / "a" / "x"}));
  write_in_place(folder_ / "a" / "b" / "y", "later");
  EXPECT_EQ(changes(watch), (Paths{folder_ / "a" / "b" / "y"}));
}

TEST_F(FileWatchTest, SeesEveryFileThatAnotherThreadMakesInNewFolders) {
  Paths made;
  for (int i = 0; i < 300; ++i) made.push_back(folder_ / std::to_string(i) / "in" / "x");
  FileWatch watch({folder_}, kQuiet);
  std::thread writer([&] {
    for (const fs::path& path : made) {
      fs::create_directories(path.parent_path());
      write_in_place(path, "");
    }
  });
  std::set<fs::path> seen;
  const auto unseen = [&](const fs::path& path) { return !seen.contains(path); };
  for (const Stopwatch clock;
       clock.seconds() < 20 && std::any_of(made.begin(), made.end(), unseen);) {
    const Paths paths = changes(watch, milliseconds(200));
    seen.insert(paths.begin(), paths.end());
  }
  writer.join();
  EXPECT_EQ(std::count_if(made.begin(), made.end(), unseen), 0);
  // All of them are watched now.
  for (const fs::path& path : made) write_in_place(path, "more");
  EXPECT_EQ(changes(watch).size(), made.size());
}

TEST_F(FileWatchTest, SeesWholeFoldersMovedInAroundAndOut) {
  const fs::path root = folder_ / "root", outside = folder_ / "outside";
  fs::create_directory(root);
  fs::create_directories(outside / "sub");
  write_file(outside / "sub" / "x", "1");
  FileWatch watch({root}, kQuiet);
  fs::rename(outside, root / "a");
  EXPECT_EQ(changes(watch), (Paths{root / "a", root / "a" / "sub", root / "a" / "sub" / "x"}));
  fs::rename(root / "a", root / "b");
  EXPECT_EQ(changes(watch),
            (Paths{root / "a", root / "b", root / "b" / "sub", root / "b" / "sub" / "x"}));
  write_in_place(root / "b" / "sub" / "x", "2");
  EXPECT_EQ(changes(watch), Paths{root / "b" / "sub" / "x"});
  fs::rename(root / "b", outside);
  EXPECT_EQ(changes(watch), Paths{root / "b"});
  write_in_place(outside / "sub" / "x", "3");
  EXPECT_EQ(none(watch), Paths{});
}

TEST_F(FileWatchTest, SeesTheFolderItselfRemovedAndMadeAnew) {
  const fs::path root = folder_ / "root";
  FileWatch watch({root}, kQuiet);
  for (int round = 0; round < 2; ++round) {
    fs::create_directory(root);
    write_file(root / "x", "");
    const Paths made = changes(watch);
    EXPECT_EQ(std::set<fs::path>(made.begin(), made.end()), (std::set<fs::path>{root, root / "x"}));
    write_in_place(root / "x", "1");
    EXPECT_EQ(changes(watch), Paths{root / "x"});
    fs::remove_all(root);
    EXPECT_EQ(changes(watch), (Paths{root, root / "x"}));
  }
}

TEST_F(FileWatchTest, IgnoresWhatEditorsLeave) {
  fs::create_directory(folder_ / ".git");
  FileWatch watch({folder_}, kQuiet);
  write_in_place(folder_ / ".git" / "index", "");
  for (const char* name :
       {".x.swp", "x~", "x.swp", "x.swx", "x.tmp", "x.part", "x.part123", "4913"}) {
    write_in_place(folder_ / name, "");
  }
  fs::create_directory(folder_ / ".hidden");
  write_in_place(folder_ / ".hidden" / "x", "");
  EXPECT_EQ(none(watch), Paths{});
  fs::create_directory(folder_ / "new");
  write_in_place(folder_ / "new" / "x~", "");
  EXPECT_EQ(changes(watch), Paths{folder_ / "new"});
  for (const char* name : {"14913", "part", "x.part.sql", "x.party"}) {
    write_in_place(folder_ / name, "");
    EXPECT_EQ(changes(watch), Paths{folder_ / name});
  }
}

TEST_F(FileWatchTest, WatchesWhatWasNamedWhateverTheName) {
  const fs::path file = folder_ / ".env", hidden = folder_ / ".hidden";
  fs::create_directory(hidden);
  FileWatch watch({file, hidden}, kQuiet);
  write_in_place(file, "");
  write_in_place(hidden / "x", "");
  EXPECT_EQ(changes(watch), (Paths{file, hidden / "x"}));
}

// As vim saves: tries out the folder, moves the old file away, writes the new one.
TEST_F(FileWatchTest, AnEditorsSaveIsOneChange) {
  const fs::path file = folder_ / "x.sql";
  write_file(file, "1");
  FileWatch watch({folder_}, kQuiet);
  write_in_place(folder_ / "4913", "");
  fs::remove(folder_ / "4913");
  fs::rename(file, folder_ / "x.sql~");
  write_in_place(file, "2");
  fs::remove(folder_ / "x.sql~");
  EXPECT_EQ(changes(watch), Paths{file});
  EXPECT_EQ(none(watch), Paths{});
}

TEST_F(FileWatchTest, SpellsPathsAsTheyWereGiven) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  fs::create_directory("sub");
  FileWatch watch({"sub/", "./x"}, kQuiet);
  fs::current_path(before);
  write_in_place(folder_ / "sub" / "y", "");
  write_in_place(folder_ / "x", "");
  EXPECT_EQ(changes(watch), (Paths{"./x", "sub/y"}));
}

// --- When it is reported.

TEST_F(FileWatchTest, WaitsUntilAnotherThreadIsQuiet) {
  constexpr milliseconds kLonger{600};
  FileWatch watch({folder_}, kLonger);
  const Stopwatch clock;
  std::thread writer([&] {
    for (const char* name : {"c", "a", "b", "a"}) {
      write_in_place(folder_ / name, "");
      std::this_thread::sleep_for(milliseconds(100));
    }
  });
  EXPECT_EQ(changes(watch), (Paths{folder_ / "a", folder_ / "b", folder_ / "c"}));
  EXPECT_GE(clock.seconds(), 0.9);
  writer.join();
}

TEST_F(FileWatchTest, ReportsAfterTwoSecondsWhileAnotherThreadGoesOn) {
  FileWatch watch({folder_});
  std::atomic<bool> enough = false;
  std::thread writer([&] {
    while (!enough) {
      write_in_place(folder_ / "x", "");
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  const Stopwatch clock;
  EXPECT_EQ(changes(watch), Paths{folder_ / "x"});
  EXPECT_GE(clock.seconds(), 1.8);
  EXPECT_LT(clock.seconds(), 3);
  enough = true;
  writer.join();
}

TEST_F(FileWatchTest, GivesUpAfterTheTimeoutAndKeepsWhatWasNotQuiet) {
  FileWatch watch({folder_}, milliseconds(200));
  const Stopwatch clock;
  EXPECT_EQ(watch.wait(milliseconds(100)), std::nullopt);
  EXPECT_GE(clock.seconds(), 0.1);
  write_in_place(folder_ / "x", "");
  EXPECT_EQ(watch.wait(milliseconds(0)), std::nullopt);
  EXPECT_EQ(changes(watch), Paths{folder_ / "x"});
  EXPECT_EQ(watch.wait(milliseconds(0)), std::nullopt);
}

TEST_F(FileWatchTest, KeepsWhatHappensBetweenTwoWaits) {
  FileWatch watch({folder_}, kQuiet);
  write_in_place(folder_ / "x", "");
  std::this_thread::sleep_for(milliseconds(100));
  write_in_place(folder_ / "y", "");
  EXPECT_EQ(changes(watch), (Paths{folder_ / "x", folder_ / "y"}));
}

TEST_F(FileWatchTest, StopsSoonAfterAnotherThreadSaysSo) {
  FileWatch watch({folder_}, kQuiet);
  // A busy machine may be late once, but not five times in a row.
  double soonest = 1;
  for (int i = 0; i < 5; ++i) {
    std::atomic<bool> stop = false;
    Stopwatch since;
    std::thread stopper([&] {
      std::this_thread::sleep_for(milliseconds(60));
      since = Stopwatch();
      stop = true;
    });
    EXPECT_EQ(watch.wait(milliseconds::max(), [&] { return stop.load(); }), std::nullopt);
    soonest = std::min(soonest, since.seconds());
    stopper.join();
  }
  EXPECT_LT(soonest, 0.05);
}

TEST_F(FileWatchTest, ReportsEveryPathOnceTheSystemLostCount) {
  const fs::path busy = folder_ / "busy", calm = folder_ / "calm", file = folder_ / "file";
  fs::create_directory(busy);
  fs::create_directory(calm);
  FileWatch watch({busy, calm, file}, kQuiet);
  // inotify merges consecutive events of one file, so the writes alternate between two.
  int limit = 16'384;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
  std::ofstream files[] = {std::ofstream(busy / "x"), std::ofstream(busy / "y")};
  for (int i = 0; i < limit + 100; ++i) files[i % 2] << i << std::flush;
  const Paths paths = changes(watch);
  const std::set<fs::path> seen(paths.begin(), paths.end());
  EXPECT_TRUE(seen.contains(busy) && seen.contains(calm) && seen.contains(file));
  write_in_place(calm / "x", "");
  EXPECT_EQ(changes(watch), Paths{calm / "x"});
}

// --- Limits.

// Runs in a child process, in a user namespace with limits of its own. Where the system forbids
// such namespaces, the child prints nothing and there is nothing to test.
using FileWatchDeathTest = FileWatchTest;

[[noreturn]] void watch_within(const char* limit, const char* value, const fs::path& path) {
  if (unshare(CLONE_NEWUSER) != 0) std::exit(0);
  std::ofstream file(fs::path("/proc/sys/user") / limit);
  file << value << std::flush;
  if (!file) std::exit(0);
  try {
    const FileWatch watch({path});
  } catch (const Error& error) {
    std::cerr << error.message() << "\n" << error.hint() << "\n";
    std::exit(0);
  }
  std::exit(1);
}

TEST_F(FileWatchDeathTest, SaysThatTheSystemGivesNoMoreInstances) {
  EXPECT_EXIT(watch_within("max_inotify_instances", "0", folder_), testing::ExitedWithCode(0),
              "cannot watch files: no more inotify instances or open files are allowed\n"
              ".*sysctl fs.inotify.max_user_instances=|^$");
}

TEST_F(FileWatchDeathTest, SaysThatTheSystemGivesNoMoreWatches) {
  for (int i = 0; i < 20; ++i) fs::create_directory(folder_ / std::to_string(i));
  EXPECT_EXIT(watch_within("max_inotify_watches", "15", folder_), testing::ExitedWithCode(0),
              "no more inotify watches are allowed\n"
              ".*sysctl fs.inotify.max_user_watches=|^$");
}

}  // namespace
}  // namespace gsa
