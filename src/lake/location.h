#pragma once

// Where a store is: a folder of this machine, or a bucket of S3 storage and a prefix in it; and
// which keys it takes.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/invocation.h"

namespace gsa::lake {

struct Location {
  std::filesystem::path folder = {};  // absolute; empty for S3
  std::string bucket = {};            // empty for a folder
  std::string prefix = {};            // of S3: "" or "a/b", before every key

  bool is_s3() const { return !bucket.empty(); }
};

// Reads "s3://BUCKET/PREFIX", "file:///FOLDER" or a path. A relative path is below the invocation's
// folder. Nothing is percent-decoded, because the engines do not decode either. Throws Error.
Location parse_location(const std::string& text, const Invocation& invocation);

// "s3://bucket/a/b" or "file:///a/b", as parse_location() reads it.
std::string to_text(const Location& location);

// A key is a relative path of UTF-8: "2026-11/part 1.parquet". Throws Error unless it means the
// same place in a folder, in S3 storage and in the addresses of engines: no empty segment, no "."
// and "..", no control characters, and no segment that begins like an unfinished file of ours
// (pending_file.h).
void check_key(std::string_view key);

// The beginning of keys: as a key, but it may be empty, and its last segment incomplete or empty.
void check_key_prefix(std::string_view prefix);

}  // namespace gsa::lake
