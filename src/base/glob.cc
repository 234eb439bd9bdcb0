#include "base/glob.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fnmatch.h>
#include <memory>
#include <sys/stat.h>

#include "base/text.h"

namespace gsa {
namespace {

constexpr std::string_view kAnyDepth = "**";

enum class Entry { none, file, folder, broken_link };

Entry entry_at(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) {
    return S_ISDIR(status.st_mode) ? Entry::folder : Entry::file;
  }
  if (lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) return Entry::broken_link;
  return Entry::none;
}

bool is_link(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

bool is_hidden(const std::string& name) { return name.starts_with('.') || name.starts_with('_'); }

class Matcher {
 public:
  explicit Matcher(const std::string& pattern) {
    for (const std::string& part : split(pattern, '/')) {
      if (!part.empty()) parts_.push_back(part);
    }
    walk(pattern.starts_with('/') ? "/" : "", 0);
  }

  GlobMatches take() {
    for (auto* names : {&found_.files, &found_.folders, &found_.broken, &found_.underscored,
                        &found_.unreadable}) {
      std::sort(names->begin(), names->end());
      names->erase(std::unique(names->begin(), names->end()), names->end());
    }
    return std::move(found_);
  }

 private:
  // The names in a folder. If it cannot be read, records that and returns none.
  std::vector<std::string> list(const std::string& folder) {
    std::string path = folder.empty() ? "." : folder;
    if (path.size() > 1 && path.ends_with('/')) path.pop_back();
    const std::unique_ptr<DIR, int (*)(DIR*)> opened(opendir(path.c_str()), closedir);
    std::vector<std::string> names;
    if (opened == nullptr) {
      if (errno != ENOENT && errno != ENOTDIR) {
        found_.unreadable.push_back(path + ": " + std::strerror(errno));
      }
      return names;
    }
    while (const dirent* entry = readdir(opened.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    return names;
  }

  // `before` ends in "/" or is empty; what follows must match the parts from `part` on.
  void walk(const std::string& before, std::size_t part) {
    if (part == parts_.size()) return;
    const std::string& pattern = parts_[part];
    if (pattern == kAnyDepth) {
      walk_any_depth(before, part);
    } else if (!has_wildcard(pattern)) {
      visit(before, pattern, part);
    } else {
      for (const std::string& name : list(before)) {
        if (fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD | FNM_NOESCAPE) != 0) continue;
        if (name.starts_with('_') && !pattern.starts_with('_')) {
          note_underscored(before + name, part);
          continue;
        }
        visit(before, name, part);
      }
    }
  }

  void walk_any_depth(const std::string& before, std::size_t part) {
    const bool is_last = part + 1 == parts_.size();
    if (!is_last) walk(before, part + 1);
    for (const std::string& name : list(before)) {
      const std::string path = before + name;
      if (is_hidden(name)) {
        if (is_last && name.starts_with('_')) note_underscored(path, part);
        continue;
      }
      const Entry entry = entry_at(path);
      if (entry == Entry::folder) {
        if (!is_link(path)) walk_any_depth(path + "/", part);
      } else if (is_last) {
        put(path, entry);
      }
    }
  }

  // `name` matches the part.
  void visit(const std::string& before, const std::string& name, std::size_t part) {
    const std::string path = before + name;
    if (part + 1 < parts_.size()) {
      walk(path + "/", part + 1);
    } else {
      put(path, entry_at(path));
    }
  }

  void put(const std::string& path, Entry entry) {
    if (entry == Entry::file) found_.files.push_back(path);
    if (entry == Entry::folder) found_.folders.push_back(path);
    if (entry == Entry::broken_link) found_.broken.push_back(path);
  }

  void note_underscored(const std::string& path, std::size_t part) {
    if (part + 1 == parts_.size() && entry_at(path) == Entry::file) {
      found_.underscored.push_back(path);
    }
  }

  std::vector<std::string> parts_;
  GlobMatches found_;
};

bool matches_name(const std::string& pattern, const std::string& name) {
  return fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD | FNM_NOESCAPE) == 0 &&
         (!name.starts_with('_') || pattern.starts_with('_'));
}

using Parts = std::vector<std::string>;

bool match_parts(const Parts& pattern, std::size_t at, const Parts& path, std::size_t from) {
  if (at == pattern.size()) return from == path.size();
  if (pattern[at] != kAnyDepth) {
    return from < path.size() && matches_name(pattern[at], path[from]) &&
           match_parts(pattern, at + 1, path, from + 1);
  }
  if (at + 1 < pattern.size() && match_parts(pattern, at + 1, path, from)) return true;
  if (from == path.size() || is_hidden(path[from])) return false;
  return (at + 1 == pattern.size() && from + 1 == path.size()) ||
         match_parts(pattern, at, path, from + 1);
}

}  // namespace

bool matches_path(const std::string& pattern, const std::string& path) {
  return match_parts(split(pattern, '/'), 0, split(path, '/'), 0);
}

bool has_wildcard(std::string_view path) {
  return path.find_first_of("*?[") != std::string_view::npos;
}

GlobMatches match_files(const std::string& pattern) { return Matcher(pattern).take(); }

}  // namespace gsa
