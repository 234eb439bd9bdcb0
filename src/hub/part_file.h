#pragma once

// An unfinished download: the bytes so far, and beside them a small text of what they are to
// become:
//
//   blobs/ETAG.gsa-part        the first bytes of the blob
//   blobs/ETAG.gsa-part.info   lines of NAME=VALUE: url, commit, etag, bytes
//
// The bytes are summed while they are written; a part that was there before is read again for its
// sum, so that one that the disk damaged cannot pass for whole. Use it under the blob's lock.

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
// What the part of this path is of; nullopt where there is no text beside it, or none of ours.
std::optional<PartInfo> read_part_info(const std::filesystem::path& part);
void remove_part(const std::filesystem::path& part);  // with its text; fine if there is none

class PartFile {
 public:
  // Opens the part of the blob, or makes one. Starts over where the part is of no use: larger than
  // the file, of another size, or of an ETag that could not tell whether it is right.
  PartFile(const std::filesystem::path& blob, const PartInfo& info, const Events& events);

  std::int64_t size() const { return size_; }
  bool resumed() const { return resumed_; }  // holds bytes of an earlier run
  void append(std::string_view bytes);       // throws Error where the disk is full
  void start_over();                         // back to no bytes

  // The sum of the bytes, of the ETag's kind; call once, then publish() or start_over().
  std::string sum(const Events& events);
  // Syncs the bytes to the disk and renames them to be the blob.
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
