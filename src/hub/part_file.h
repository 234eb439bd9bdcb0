#pragma once

// An unfinished download: the bytes so far, and beside them a small text that says what file they
// belong to:
//
//   blobs/ETAG.gsa-part        the first bytes of the blob
//   blobs/ETAG.gsa-part.info   lines of NAME=VALUE: url, commit, etag, bytes
//
// The sum is computed while bytes are written. A part from an earlier run is read again for it, so
// that damage on the disk cannot go unnoticed. The caller holds the blob's lock. One thread.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "hub/cache.h"
#include "hub/digest.h"
#include "hub/events.h"
#include "hub/fetch.h"

namespace gsa::hub {

struct PartInfo {
  HubFile file;
  Metadata metadata;
};

std::filesystem::path part_path(const std::filesystem::path& blob);
// What file the part at this path belongs to; null if there is no text beside it, or not one of
// ours.
std::optional<PartInfo> read_part_info(const std::filesystem::path& part);
void remove_part(const std::filesystem::path& part);  // and its text; no error if there is none

class PartFile {
 public:
  // Opens the part of the blob, or makes one. Starts over if the part is useless: larger than the
  // file, for a file of another size, or with an ETag that cannot verify it.
  PartFile(const std::filesystem::path& blob, const PartInfo& info, const Events& events);

  std::int64_t size() const { return size_; }
  bool resumed() const { return resumed_; }  // it holds bytes of an earlier run
  void append(std::string_view bytes);       // throws Error if the disk is full
  void start_over();                         // back to no bytes

  // The sum of the bytes, of the ETag's kind. Call it once, then publish() or start_over().
  std::string sum(const Events& events);
  // Syncs the bytes to the disk and renames the part to the blob.
  void publish();

 private:
  void hash_what_is_there(const Events& events);

  std::filesystem::path blob_;
  std::filesystem::path path_;
  Metadata metadata_;
  Fd file_;
  Digest digest_;
  std::int64_t size_ = 0;
  bool resumed_ = false;
};

}  // namespace gsa::hub
