#pragma once

// Reports which files changed, by inotify, once an editor or a build has finished writing them.
//
// A path may be a file or a folder, and need not exist yet. A folder covers all files below it,
// also in folders made later; links to files inside it are followed, links to folders are not. A
// change is a file written, made, removed or replaced, or a folder made, removed or renamed.
// Opening, reading and chmod are no changes. The watch follows the path, not the file that is there
// now: editors rename a new file over the old one, and any link on the way may be switched.
//
// Below a watched folder, the temporary files of editors and writers do not count: .NAME, NAME~,
// NAME.swp, NAME.swx, NAME.tmp, NAME.part with or without a number, and 4913, which vim makes to
// test the folder. A path given to the constructor counts whatever its name.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace gsa {

// Editors save in bursts of a few milliseconds, and a fifth of a second does not feel like a wait.
inline constexpr std::chrono::milliseconds kWatchQuiet{200};
// Changes without a pause are reported at this interval.
inline constexpr std::chrono::milliseconds kWatchLongest{2000};

// One thread at a time. wait() reports everything that happens after the constructor has returned,
// also between two calls. Throws Error if the system allows no more watches; do not use a watch
// that has thrown.
class FileWatch {
 public:
  explicit FileWatch(const std::vector<std::filesystem::path>& paths,
                     std::chrono::milliseconds quiet = kWatchQuiet);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // Waits for a change, and then until nothing has changed for `quiet` or kWatchLongest have passed
  // since the first change. Returns the changed paths, sorted and unique, spelled as below the path
  // that was given; all given paths if the system lost events. Returns null after `timeout`, or
  // within 50 ms once stop() returns true; changes that are not quiet by then are kept for the next
  // call. `stop` may be empty.
  std::optional<std::vector<std::filesystem::path>> wait(std::chrono::milliseconds timeout,
                                                         const std::function<bool()>& stop = {});

 private:
  class Watcher;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace gsa
