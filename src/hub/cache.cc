#include "hub/cache.h"

#include <algorithm>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "hub/digest.h"
#include "hub/part_file.h"

namespace gsa::hub {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kFolderPrefix = "datasets--";

// The entries of a folder, sorted; none if there is no such folder.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code failure;
  std::vector<fs::path> entries;
  if (!fs::is_directory(folder, failure)) return entries;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    entries.push_back(at->path());
  }
  if (failure) {
    throw Error(fmt::format("cannot read the folder {}: {}", folder.string(), failure.message()));
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

// The size of a regular file, links followed; null if there is none.
std::optional<std::int64_t> size_of(const fs::path& path) {
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) return std::nullopt;
  const auto size = fs::file_size(path, failure);
  if (failure) return std::nullopt;
  return static_cast<std::int64_t>(size);
}

// The name of the blob that a snapshot's file links to; "" if it is a file itself, as on disks
// without links.
std::string etag_of(const fs::path& snapshot) {
  std::error_code failure;
  const fs::path target = fs::read_symlink(snapshot, failure);
  return failure ? "" : target.filename().string();
}

CachedFile whole_file(const HubFile& file, const fs::path& path, const std::string& commit,
                      const std::string& etag, std::int64_t size) {
  return {.file = file,
          .path = path.string(),
          .commit = commit,
          .etag = etag,
          .bytes = size,
          .total_bytes = size};
}

std::optional<CachedFile> at_commit(const CacheFolder& folder, const HubFile& file,
                                    const std::string& commit) {
  const fs::path path = folder.snapshot(commit, file);
  const std::optional<std::int64_t> size = size_of(path);
  if (!size) return std::nullopt;
  return whole_file(file, path, commit, etag_of(path), *size);
}

// The commit that the revision pointed to when it was last fetched; a commit stands for itself.
std::string cached_commit(const CacheFolder& folder, const std::string& revision) {
  if (is_commit(revision)) return revision;
  const fs::path ref = folder.ref(revision);
  return size_of(ref) ? std::string(trim(read_file(ref))) : "";
}

bool fits(const CachedFile& found, const Expected& expected) {
  const bool size_fits = expected.bytes < 0 || found.bytes == expected.bytes;
  const bool sum_fits =
      expected.sha256.empty() || found.etag == expected.sha256 ||
      (found.etag.empty() && expected.bytes >= 0);  // without a blob, only the size can be compared
  return size_fits && sum_fits;
}

// The blob with that sum, found by any snapshot's link to it, or else directly.
std::optional<CachedFile> by_sum(const CacheFolder& folder, const HubFile& file,
                                 const Expected& expected) {
  if (sum_kind(expected.sha256) != SumKind::sha256) return std::nullopt;
  const fs::path blob = folder.blob(expected.sha256);
  const std::optional<std::int64_t> size = size_of(blob);
  if (!size || (expected.bytes >= 0 && *size != expected.bytes)) return std::nullopt;
  for (const fs::path& snapshot : entries_of(folder.root / "snapshots")) {
    auto found = at_commit(folder, file, snapshot.filename().string());
    if (found && fits(*found, expected)) return found;
  }
  return whole_file(file, blob, "", expected.sha256, *size);
}

// The branches and tags of a dataset by the commit they point to, "main" first.
std::map<std::string, std::vector<std::string>> revisions_by_commit(const fs::path& refs) {
  std::map<std::string, std::vector<std::string>> revisions;
  std::error_code absent;
  if (!fs::is_directory(refs, absent)) return revisions;
  for (const auto& entry : fs::recursive_directory_iterator(refs)) {
    if (!entry.is_regular_file()) continue;
    const std::string revision = entry.path().lexically_relative(refs).string();
    auto& names = revisions[std::string(trim(read_file(entry.path())))];
    names.insert(revision == "main" ? names.begin() : names.end(), revision);
  }
  return revisions;
}

void list_snapshots(const fs::path& dataset, const HubFile& of, std::vector<CachedFile>& out) {
  const auto revisions = revisions_by_commit(dataset / "refs");
  for (const fs::path& snapshot : entries_of(dataset / "snapshots")) {
    if (!fs::is_directory(snapshot)) continue;
    const std::string commit = snapshot.filename().string();
    const auto names = revisions.find(commit);
    for (const auto& entry : fs::recursive_directory_iterator(snapshot)) {
      const std::optional<std::int64_t> size = size_of(entry.path());
      if (!size) continue;  // a folder, or a link whose blob is gone
      HubFile file = of;
      file.revision = names == revisions.end() ? commit : names->second.front();
      file.path = entry.path().lexically_relative(snapshot).string();
      out.push_back(whole_file(file, entry.path(), commit, etag_of(entry.path()), *size));
    }
  }
}

void list_parts(const fs::path& dataset, std::vector<CachedFile>& out) {
  for (const fs::path& path : entries_of(dataset / "blobs")) {
    const std::optional<std::int64_t> size = size_of(path);
    if (!size || !path.string().ends_with(".gsa-part")) continue;
    const std::optional<PartInfo> info = read_part_info(path);
    if (!info) continue;
    out.push_back({.file = info->file,
                   .path = path.string(),
                   .commit = info->metadata.commit,
                   .etag = info->metadata.etag,
                   .bytes = *size,
                   .total_bytes = info->metadata.bytes});
  }
}

}  // namespace

bool is_commit(std::string_view revision) {
  return revision.size() == 40 && revision.find_first_not_of("0123456789abcdef") == revision.npos;
}

CacheFolder::CacheFolder(const Settings& settings, const HubFile& file) {
  const std::string name = fmt::format("{}{}--{}", kFolderPrefix, file.owner, file.name);
  root = settings.cache / name;
  locks = settings.cache / ".locks" / name;
}

std::optional<CachedFile> find_cached(const Settings& settings, const HubFile& file,
                                      const Expected& expected) {
  const CacheFolder folder(settings, file);
  if (const std::string commit = cached_commit(folder, file.revision); !commit.empty()) {
    auto found = at_commit(folder, file, commit);
    if (found && fits(*found, expected)) return found;
  }
  return by_sum(folder, file, expected);
}

std::vector<CachedFile> list_cached(const Settings& settings) {
  std::vector<CachedFile> files;
  try {
    for (const fs::path& dataset : entries_of(settings.cache)) {
      std::string folder = dataset.filename().string();
      if (!folder.starts_with(kFolderPrefix)) continue;
      folder.erase(0, kFolderPrefix.size());
      const std::size_t between = folder.find("--");
      HubFile file;
      if (between != std::string::npos) file.owner = folder.substr(0, between);
      file.name = between == std::string::npos ? folder : folder.substr(between + 2);
      list_snapshots(dataset, file, files);
      list_parts(dataset, files);
    }
  } catch (const fs::filesystem_error& failure) {
    throw Error(fmt::format("cannot read the folder {}: {}", failure.path1().string(),
                            failure.code().message()));
  }
  std::sort(files.begin(), files.end(), [](const CachedFile& a, const CachedFile& b) {
    return std::tie(a.file.owner, a.file.name, a.file.path, a.commit, a.path) <
           std::tie(b.file.owner, b.file.name, b.file.path, b.commit, b.path);
  });
  return files;
}

void make_dataset_folder(const CacheFolder& folder) {
  make_folder(folder.root / "blobs");
  make_folder(folder.root / "snapshots");
}

void link_snapshot(const CacheFolder& folder, const HubFile& file, const std::string& commit,
                   const std::string& etag) {
  const fs::path link = folder.snapshot(commit, file);
  const fs::path target = folder.blob(etag).lexically_relative(link.parent_path());
  std::error_code failure;
  if (fs::read_symlink(link, failure) != target) {
    make_folder(link.parent_path());
    const fs::path fresh = folder.blob(etag).string() + ".gsa-link";
    fs::remove(fresh, failure);
    fs::create_symlink(target, fresh, failure);
    if (!failure) fs::rename(fresh, link, failure);
    if (failure) {
      throw Error(fmt::format("cannot make the link {}: {}", link.string(), failure.message()));
    }
  }
  if (file.revision == commit) return;
  const fs::path ref = folder.ref(file.revision);
  if (size_of(ref) && read_file(ref) == commit) return;
  make_folder(ref.parent_path());
  // Not written beside the ref: the libraries take every file in that folder for a ref.
  const fs::path fresh = folder.blob(etag).string() + ".gsa-ref";
  write_file(fresh, commit);
  fs::rename(fresh, ref, failure);
  if (failure) {
    throw Error(fmt::format("cannot write {}: {}", ref.string(), failure.message()));
  }
}

}  // namespace gsa::hub
