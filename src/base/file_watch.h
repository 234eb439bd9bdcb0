#pragma once

// Says which files changed, by inotify, once an editor or a build is done with them.
//
// A path may be a file or a folder, and need not be there yet. Of a folder all files below it
// count, in folders made later too; links to folders inside it are not followed, links to files
// are. A change is that a file was written, made, removed or replaced, or that a folder was made,
// removed or renamed; opening, reading and chmod are none. A path is watched, not the file that
// happens to be there: editors rename a new file over the old one, and links are switched anywhere
// on the way to it.
//
// What is below a folder and named as editors and writers name their own files is no change:
// .NAME, NAME~, NAME.swp, NAME.swx, NAME.tmp, NAME.part with or without a number, and 4913, which
// vim makes to see whether it can. A path that was named to the watch counts whatever its name.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace gsa {

// Editors save in bursts of a few milliseconds; a fifth of a second is no wait yet.
inline constexpr std::chrono::milliseconds kWatchQuiet{200};
// Changes that go on and on are reported at this interval.
inline constexpr std::chrono::milliseconds kWatchLongest{2000};

// For one thread at a time. Everything that happens after the constructor has returned is seen,
// also between two calls of wait(). Throws Error where the system gives no more watches; a watch
// that has thrown is of no more use.
class FileWatch {
 public:
  explicit FileWatch(const std::vector<std::filesystem::path>& paths,
                     std::chrono::milliseconds quiet = kWatchQuiet);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // Waits for changes and then until nothing has changed for `quiet`, or kWatchLongest have passed
  // since the first. The changed paths, sorted, each once, and spelled as the path that they are or
  // are below was given; where the system lost count, all the paths given. None after `timeout`, or
  // within 50 ms once stop() returns true; changes that were not quiet by then are kept for the
  // next call. `stop` may be empty.
  std::optional<std::vector<std::filesystem::path>> wait(std::chrono::milliseconds timeout,
                                                         const std::function<bool()>& stop = {});

 private:
  class Watcher;
  std::unique_ptr<Watcher> watcher_;
};

}  // namespace gsa
