#include "base/file_watch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <deque>
#include <fstream>
#include <map>
#include <poll.h>
#include <set>
#include <string>
#include <string_view>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"

namespace gsa {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// wait() promises to notice stop() within 50 ms. Half of that is left to a busy machine.
constexpr milliseconds kStopInterval{25};
constexpr milliseconds kForever = std::chrono::hours(24 * 365);
constexpr std::size_t kBuffer = 65'536;  // bytes: some 2,000 events, read at once
constexpr int kMostLinks = 40;           // on one path, as in the kernel

constexpr std::uint32_t kStructure = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
// Writing through a memory map shows only when the file is closed.
constexpr std::uint32_t kContents = IN_MODIFY | IN_CLOSE_WRITE;

bool is_dropping(std::string_view name) {
  const std::string_view number = name.substr(name.find_last_not_of("0123456789") + 1);
  return name.starts_with('.') || name.ends_with('~') || name.ends_with(".swp") ||
         name.ends_with(".swx") || name.ends_with(".tmp") || name == "4913" ||
         name.substr(0, name.size() - number.size()).ends_with(".part");
}

// Device and inode of the file at a path: they tell whether another file took its place.
using Identity = std::pair<dev_t, ino_t>;

std::optional<Identity> identity_of(const fs::path& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return std::nullopt;
  return Identity(found.st_dev, found.st_ino);
}

// The components to walk: without `.`, and without the empty name after a trailing slash.
std::deque<fs::path> names_of(const fs::path& relative) {
  std::deque<fs::path> names(relative.begin(), relative.end());
  std::erase_if(names, [](const fs::path& name) { return name.empty() || name == "."; });
  return names;
}

std::string limit_of(const char* name) {
  std::ifstream in(fmt::format("/proc/sys/fs/inotify/{}", name));
  std::string value;
  return in >> value ? fmt::format(" (now {})", value) : "";
}

}  // namespace

// inotify watches folders, not paths. To watch a path, we watch every folder on the way to it,
// links and their targets included, for the one name that leads on. If the path is a folder, we
// also watch all folders below it. What we watch a folder for is its role; one walk from the root
// finds the roles.
//
// An event that may have changed a way repeats the walk for all paths. The walk watches each folder
// before it looks inside: later changes arrive as events, earlier ones are found by looking.
// Watching a folder again costs nothing and returns the same number, so the walk also tells which
// folders are new or have moved. A folder that is only made or removed below a watched folder
// changes no way, so it is entered alone: builds make hundreds of them.
class FileWatch::Watcher {
 public:
  Watcher(const std::vector<fs::path>& paths, milliseconds quiet)
      : inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), quiet_(quiet) {
    if (inotify_.get() < 0) {
      const int reason = errno;
      const bool limit = reason == EMFILE || reason == ENFILE;
      throw Error(fmt::format("cannot watch files: {}",
                              limit ? "no more inotify instances or open files are allowed"
                                    : std::strerror(reason)),
                  limit ? fmt::format("raise the limit of instances{}: sudo sysctl "
                                      "fs.inotify.max_user_instances=1024; or that of open files: "
                                      "ulimit -n 4096",
                                      limit_of("max_user_instances"))
                        : "");
    }
    for (const fs::path& path : paths) {
      check(!path.empty(), "a path to watch has a name");
      roots_.push_back({path, fs::absolute(path)});
    }
    find_roles();
    changes_.clear();
    first_ = {};
  }

  // Reads pending events; waits at most `patience` for the first.
  void take_events(milliseconds patience) {
    pollfd ready{inotify_.get(), POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(patience.count())) <= 0) return;
    alignas(inotify_event) std::array<char, kBuffer> buffer;
    const ssize_t size = read(inotify_.get(), buffer.data(), buffer.size());
    if (size < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      throw Error(fmt::format("cannot watch files: {}", std::strerror(errno)));
    }
    bool moved = false;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      // The name is padded with zeros; it is empty if the event is about the folder itself.
      const char* name = buffer.data() + at + sizeof event;
      moved |= take_event(event, event.len > 0 ? name : "");
      at += sizeof event + event.len;
    }
    if (moved) find_roles();
    for (const Folder& made : std::exchange(made_, {})) enter(made.folder, made.path);
  }

  // When to report the changes; null if there are none.
  std::optional<Clock::time_point> due() const {
    if (!first_) return std::nullopt;
    return std::min(last_ + quiet_, *first_ + kWatchLongest);
  }

  std::vector<fs::path> take_changes() {
    first_ = {};
    const std::set<fs::path> changes = std::exchange(changes_, {});
    return {changes.begin(), changes.end()};
  }

 private:
  struct Root {
    fs::path given, absolute;
  };

  enum class Kind {
    way,    // `name` in the folder is on the way to `path`
    end,    // `name` is the last component of the way
    below,  // the folder is `path`, and all in it counts
  };
  struct Role {
    Kind kind;
    fs::path path;     // as reported
    std::string name;  // for way and end
    fs::path folder;   // for below: the real folder, without links
  };
  struct Folder {
    fs::path folder, path;  // as in Role
  };

  void change(const fs::path& path) {
    last_ = Clock::now();
    if (!first_) first_ = last_;
    changes_.insert(path);
  }

  // True if the roles may be stale.
  bool take_event(const inotify_event& event, const std::string& name) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
      for (const Root& root : roots_) change(root.given);
      return true;
    }
    const auto roles = roles_.find(event.wd);
    if (roles == roles_.end()) return false;  // not watched any more
    if ((event.mask & (IN_IGNORED | IN_UNMOUNT)) != 0) {
      const bool on_a_way = std::any_of(roles->second.begin(), roles->second.end(),
                                        [](const Role& role) { return role.kind != Kind::below; });
      roles_.erase(roles);
      return on_a_way || (event.mask & IN_UNMOUNT) != 0;
    }
    bool moved = false;
    for (const Role& role : roles->second) {
      if (role.kind == Kind::below) {
        moved |= take_change_below(event.mask, role, name);
      } else if (role.name == name) {
        if (role.kind == Kind::end) change(role.path);
        moved |= (event.mask & kStructure) != 0;
      }
    }
    return moved;
  }

  // True if the roles may be stale.
  bool take_change_below(std::uint32_t mask, const Role& role, const std::string& name) {
    if (is_dropping(name)) return false;
    const fs::path path = role.path / name;
    change(path);
    if ((mask & kStructure) == 0) return false;
    // A removed link was on the way to its target, so it has a role of its own.
    if ((mask & IN_ISDIR) == 0) {
      return fs::is_symlink(fs::symlink_status(role.folder / name, ignored_));
    }
    // A removed folder ends its own watch.
    if ((mask & IN_CREATE) != 0) made_.push_back({role.folder / name, path});
    return (mask & (IN_MOVED_FROM | IN_MOVED_TO)) != 0;
  }

  void find_roles() {
    made_.clear();
    old_roles_ = std::exchange(roles_, {});
    old_ends_ = std::exchange(ends_, {});
    for (const Root& root : roots_) {
      const auto end = follow(root.absolute.root_path(), root.absolute.relative_path(), root.given);
      if (end && fs::is_directory(fs::symlink_status(*end, ignored_))) enter(*end, root.given);
    }
    for (const auto& [wd, roles] : old_roles_) {
      if (!roles_.contains(wd)) inotify_rm_watch(inotify_.get(), wd);
    }
    old_roles_.clear();
    old_ends_.clear();
  }

  // Watches the way from the folder `begin`, a real path without links, to `rest` below it. Returns
  // the real path of its end, or null if that does not exist. Reports `path` if another file is
  // there now.
  std::optional<fs::path> follow(const fs::path& begin, const fs::path& rest,
                                 const fs::path& path) {
    std::optional<fs::path> end = watch_way(begin, rest, path);
    const std::optional<Identity> identity = end ? identity_of(*end) : std::nullopt;
    const auto old = old_ends_.find(path);
    if (old != old_ends_.end() && old->second != identity) change(path);
    ends_[path] = identity;
    return end;
  }

  std::optional<fs::path> watch_way(fs::path folder, const fs::path& rest, const fs::path& path) {
    std::deque<fs::path> names = names_of(rest);
    int links = 0;
    while (!names.empty()) {
      const fs::path name = names.front();
      names.pop_front();
      if (name == "..") {
        folder = folder.parent_path();
        continue;
      }
      const Kind kind = names.empty() ? Kind::end : Kind::way;
      const auto wd = add(folder, kStructure);
      if (wd) roles_[*wd].push_back({kind, path, name.string(), {}});
      const fs::path next = folder / name;
      const fs::file_status status = fs::symlink_status(next, ignored_);
      if (kind == Kind::end && !wd && is_given(path) && identity_of(folder)) {
        throw Error(fmt::format("cannot watch {}: the folder {} cannot be read", path.string(),
                                folder.string()));
      }
      if (kind == Kind::end && wd && !fs::is_directory(status)) add(folder, kContents);
      if (fs::is_symlink(status)) {
        const fs::path target = fs::read_symlink(next, ignored_);
        if (++links > kMostLinks || target.empty()) return std::nullopt;
        if (target.is_absolute()) folder = target.root_path();
        const std::deque<fs::path> ahead = names_of(target.relative_path());
        names.insert(names.begin(), ahead.begin(), ahead.end());
      } else if (fs::is_directory(status) || (fs::exists(status) && names.empty())) {
        folder = next;
      } else {
        return std::nullopt;
      }
    }
    return folder;
  }

  // Watches a folder and all folders below it. Reports the contents of those that are new.
  void enter(const fs::path& folder, const fs::path& path) {
    const auto wd = add(folder, kStructure | kContents);
    if (!wd || is_below(roles_, *wd, path)) return;
    roles_[*wd].push_back({Kind::below, path, "", folder});
    const bool is_new = !is_below(old_roles_, *wd, path);
    for (fs::directory_iterator entry(folder, ignored_), end; entry != end;
         entry.increment(ignored_)) {
      const fs::path name = entry->path().filename();
      if (is_dropping(name.string())) continue;
      if (is_new) change(path / name);
      const fs::file_status status = entry->symlink_status(ignored_);
      if (fs::is_symlink(status)) {
        follow(folder, name, path / name);
      } else if (fs::is_directory(status)) {
        enter(entry->path(), path / name);
      }
    }
  }

  bool is_given(const fs::path& path) const {
    return std::any_of(roots_.begin(), roots_.end(),
                       [&](const Root& root) { return root.given == path; });
  }

  using Roles = std::unordered_map<int, std::vector<Role>>;  // by the folder's number

  static bool is_below(const Roles& all, int wd, const fs::path& path) {
    const auto roles = all.find(wd);
    return roles != all.end() &&
           std::any_of(roles->second.begin(), roles->second.end(), [&](const Role& role) {
             return role.kind == Kind::below && role.path == path;
           });
  }

  // The folder's watch number; null if the folder is missing or unreadable.
  std::optional<int> add(const fs::path& folder, std::uint32_t mask) const {
    const int wd = inotify_add_watch(inotify_.get(), folder.c_str(),
                                     mask | IN_ONLYDIR | IN_DONT_FOLLOW | IN_MASK_ADD);
    if (wd >= 0) return wd;
    if (errno == EACCES || errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    const int reason = errno;
    if (reason == ENOSPC) {
      throw Error(
          fmt::format("cannot watch {}: no more inotify watches are allowed", folder.string()),
          fmt::format("raise the limit{}: sudo sysctl fs.inotify.max_user_watches=1048576",
                      limit_of("max_user_watches")));
    }
    throw Error(fmt::format("cannot watch {}: {}", folder.string(), std::strerror(reason)));
  }

  Fd inotify_;
  milliseconds quiet_;
  std::vector<Root> roots_;
  Roles roles_, old_roles_;
  std::vector<Folder> made_;  // new folders, not entered yet
  // Files at the ends of the ways, as last reported.
  std::map<fs::path, std::optional<Identity>> ends_, old_ends_;
  std::set<fs::path> changes_;
  std::optional<Clock::time_point> first_;  // time of the first unreported change
  Clock::time_point last_;
  std::error_code ignored_;  // a file that vanishes meanwhile causes an event of its own
};

FileWatch::FileWatch(const std::vector<fs::path>& paths, milliseconds quiet)
    : watcher_(std::make_unique<Watcher>(paths, quiet)) {}

FileWatch::~FileWatch() = default;

std::optional<std::vector<fs::path>> FileWatch::wait(milliseconds timeout,
                                                     const std::function<bool()>& stop) {
  const Clock::time_point deadline = Clock::now() + std::min(timeout, kForever);
  for (;;) {
    if (stop && stop()) return std::nullopt;
    const auto left = std::chrono::ceil<milliseconds>(
        std::min(deadline, watcher_->due().value_or(deadline)) - Clock::now());
    watcher_->take_events(std::clamp(left, milliseconds::zero(), kStopInterval));
    const auto due = watcher_->due();
    if (due && Clock::now() >= *due) return watcher_->take_changes();
    if (Clock::now() >= deadline) return std::nullopt;
  }
}

}  // namespace gsa
