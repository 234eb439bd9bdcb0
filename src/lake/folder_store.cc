#include "lake/folder_store.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "lake/pending_file.h"
#include "lake/source_file.h"

namespace gsa::lake {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kCopyBlock = 1 << 20;

void copy(const SourceFile& from, PendingFile& to, const StoreEvents& events) {
  std::vector<char> block(kCopyBlock);
  if (events.progress) events.progress(0, from.bytes());
  while (to.bytes() < from.bytes()) {
    stop_if_requested(events.stop);
    const std::size_t wanted =
        std::min(block.size(), static_cast<std::size_t>(from.bytes() - to.bytes()));
    to.append({block.data(), from.read(block.data(), wanted, to.bytes())});
    if (events.progress) events.progress(to.bytes(), from.bytes());
  }
  from.check_unchanged();
}

bool are_equal(const SourceFile& a, const SourceFile& b, const std::stop_token& stop) {
  if (a.bytes() != b.bytes()) return false;
  const std::int64_t all = std::max<std::int64_t>(a.bytes(), 1);
  return a.sums(all, stop).sha256 == b.sums(all, stop).sha256;
}

PutResult was_there(const SourceFile& source, const fs::path& target, const StoreEvents& events) {
  if (are_equal(source, SourceFile(target), events.stop)) return PutResult::was_there;
  throw Error(fmt::format("{} is another file than {}, and is never replaced", target.string(),
                          source.path().string()),
              "remove it first, or choose another key");
}

}  // namespace

FolderStore::FolderStore(const Location& location, const std::string& engine_base)
    : Store(engine_base), folder_(location.folder) {}

fs::path FolderStore::path_of(const std::string& key) const {
  check_key(key);
  return folder_ / key;
}

PutResult FolderStore::put(const fs::path& file, const std::string& key,
                           const StoreEvents& events) {
  const fs::path target = path_of(key);
  const SourceFile source(file);
  if (size(key, events)) return was_there(source, target, events);
  PendingFile pending(target);
  copy(source, pending, events);
  if (pending.publish_new()) return PutResult::stored;
  return was_there(source, target, events);  // somebody was quicker
}

void FolderStore::get(const std::string& key, const fs::path& file, const StoreEvents& events) {
  const SourceFile source(path_of(key));
  PendingFile pending(file);
  copy(source, pending, events);
  pending.publish();
}

std::optional<std::int64_t> FolderStore::size(const std::string& key, const StoreEvents& events) {
  stop_if_requested(events.stop);
  const fs::path path = path_of(key);
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw Error(fmt::format("cannot look at {}: {}", path.string(), std::strerror(errno)));
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;  // a folder is no file, as in S3 storage
  return status.st_size;
}

std::vector<StoredFile> FolderStore::list(const std::string& prefix, const StoreEvents& events) {
  check_key_prefix(prefix);
  // The deepest folder that has all of them.
  const std::size_t slash = prefix.rfind('/');
  const fs::path top = slash == std::string::npos ? folder_ : folder_ / prefix.substr(0, slash);
  std::vector<StoredFile> found;
  try {
    if (!fs::is_directory(top)) return found;
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
      stop_if_requested(events.stop);
      if (is_pending_name(entry.path().filename().string()) || !entry.is_regular_file()) continue;
      std::string key = entry.path().lexically_relative(folder_).generic_string();
      if (!key.starts_with(prefix)) continue;
      std::error_code gone;  // removed since the folder was read
      const std::uintmax_t bytes = entry.file_size(gone);
      if (!gone)
        found.push_back({.key = std::move(key), .bytes = static_cast<std::int64_t>(bytes)});
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(fmt::format("cannot list {}: {}", error.path1().string(), error.code().message()));
  }
  std::sort(found.begin(), found.end(),
            [](const StoredFile& a, const StoredFile& b) { return a.key < b.key; });
  return found;
}

void FolderStore::remove(const std::string& key, const StoreEvents& events) {
  stop_if_requested(events.stop);
  const fs::path path = path_of(key);
  if (unlink(path.c_str()) != 0 && errno != ENOENT && errno != ENOTDIR) {
    throw Error(fmt::format("cannot remove {}: {}", path.string(), std::strerror(errno)));
  }
}

}  // namespace gsa::lake
