#include "app/watch_files.h"

#include <algorithm>

#include "base/error.h"
#include "dbt/project_files.h"
#include "prompts/source.h"

namespace gsa::app {
namespace {

namespace fs = std::filesystem;
using Files = std::set<fs::path>;

// "./models/" and "models" are the same.
fs::path tidied(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  return normal.has_filename() || !normal.has_relative_path() ? normal : normal.parent_path();
}

fs::path place_of(const fs::path& path) { return tidied(fs::absolute(path)); }

std::vector<fs::path> folders_and_files(const WatchedPaths& paths) {
  std::vector<fs::path> watched;
  for (const std::string& source : paths.sources) {
    watched.push_back(tidied(prompts::folder_of_glob(source).value_or(source)));
  }
  if (!paths.project.empty()) watched.push_back(tidied(paths.project));
  return watched;
}

// Whether `path` is one of the files or a parent folder of one (which sorts right after it).
bool leads_to_any(const fs::path& path, const Files& files) {
  const auto at = files.lower_bound(path);
  return at != files.end() &&
         std::mismatch(path.begin(), path.end(), at->begin(), at->end()).first == path.end();
}

}  // namespace

WatchFiles::WatchFiles(const WatchedPaths& paths, std::chrono::milliseconds quiet)
    : paths_(paths), watch_(folders_and_files(paths), quiet) {
  those_that_count({});
}

std::vector<std::string> WatchFiles::wait(const std::function<bool()>& stop) {
  while (true) {
    const auto changes = watch_.wait(std::chrono::milliseconds::max(), stop);
    if (!changes) return {};
    std::vector<std::string> counting = those_that_count(*changes);
    if (!counting.empty()) return counting;
  }
}

Files WatchFiles::list_files() const {
  Files files;
  for (const fs::path& path : dbt::ProjectFiles::list(paths_.project)) {
    files.insert(place_of(path));
  }
  for (const std::string& source : paths_.sources) {
    std::vector<std::string> notes;  // the run will print them
    try {
      for (const std::string& name : prompts::expand(source, notes)) files.insert(place_of(name));
    } catch (const Error&) {
      continue;  // the run will report the error
    }
  }
  return files;
}

std::vector<std::string> WatchFiles::those_that_count(const std::vector<fs::path>& changes) {
  const Files before = files_;
  bool known = true;
  try {
    files_ = list_files();
  } catch (const fs::filesystem_error&) {  // a folder disappeared while it was read
    known = false;
  }
  std::vector<std::string> counting;
  Files seen;
  for (const fs::path& change : changes) {
    const fs::path path = place_of(change);
    const bool counts = !known || leads_to_any(path, before) || leads_to_any(path, files_);
    if (counts && seen.insert(path).second) counting.push_back(tidied(change).string());
  }
  return counting;
}

}  // namespace gsa::app
