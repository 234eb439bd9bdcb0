#pragma once

// The cache that this program shares with the Hub's Python libraries, so that no file is downloaded
// twice:
//
//   CACHE/datasets--OWNER--NAME/blobs/ETAG                 the bytes; ETAG is their sha256, or the
//                                                          git sha1 of a small file
//                              /snapshots/COMMIT/PATH      a relative link to the blob
//                              /refs/REVISION              the commit that a branch or tag was at
//   CACHE/.locks/datasets--OWNER--NAME/ETAG.lock           flock()ed by whoever downloads the blob
//
// We add blobs/ETAG.gsa-part and blobs/ETAG.gsa-part.info, an unfinished download (part_file.h),
// and for a moment ETAG.gsa-link and ETAG.gsa-ref, which become the link and the ref by rename. A
// blob appears by rename once its sum is right, and is never written again. scripts/hub-parity
// checks all of this against the real library.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/hub_file.h"
#include "hub/settings.h"

namespace gsa::hub {

struct CachedFile {
  HubFile file;
  std::string path;  // the snapshot's file; the part if the download is unfinished
  std::string commit = {};
  std::string etag = {};         // empty if the cache does not tell
  std::int64_t bytes = 0;        // on disk
  std::int64_t total_bytes = 0;  // equal to `bytes` for a complete file; -1: unknown

  bool whole() const { return bytes == total_bytes; }
};

// What the caller knows about the file from elsewhere.
struct Expected {
  std::string sha256 = {};  // empty: not known
  std::int64_t bytes = -1;  // -1: not known
};

// The file, if the cache has it complete. Does not ask the hub: the revision is a commit, or a
// branch or tag as last fetched. If `expected` has a sha256, any blob with that sum will do, in
// whichever snapshot or in none; if it has a size, the file has that size. Computes no sums. Any
// thread.
std::optional<CachedFile> find_cached(const Settings& settings, const HubFile& file,
                                      const Expected& expected = {});

// All dataset files in the cache, unfinished parts included, sorted by dataset, path and commit. A
// file's revision is the branch or tag that points to its commit ("main" first), or else the
// commit.
std::vector<CachedFile> list_cached(const Settings& settings);

// True for 40 hexadecimal digits: a revision that never changes.
bool is_commit(std::string_view revision);

// The paths of one dataset; only for this module.
struct CacheFolder {
  std::filesystem::path root;   // CACHE/datasets--OWNER--NAME
  std::filesystem::path locks;  // CACHE/.locks/datasets--OWNER--NAME

  CacheFolder(const Settings& settings, const HubFile& file);
  std::filesystem::path blob(const std::string& etag) const { return root / "blobs" / etag; }
  std::filesystem::path lock(const std::string& etag) const { return locks / (etag + ".lock"); }
  std::filesystem::path snapshot(const std::string& commit, const HubFile& file) const {
    return root / "snapshots" / commit / file.path;
  }
  std::filesystem::path ref(const std::string& revision) const { return root / "refs" / revision; }
};

// Makes the folders that the libraries require: without them, a dataset whose download failed looks
// damaged to them.
void make_dataset_folder(const CacheFolder& folder);

// Makes the snapshot's link to the blob and writes the revision's ref, both by rename. The caller
// holds the blob's lock.
void link_snapshot(const CacheFolder& folder, const HubFile& file, const std::string& commit,
                   const std::string& etag);

}  // namespace gsa::hub
