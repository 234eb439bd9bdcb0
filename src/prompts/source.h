#pragma once

// What the user named as the source of prompts, as a list of files that exist, can be read and are
// of a known kind. Looks at names and first bytes only.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "prompts/file_kind.h"
#include "prompts/hive.h"

namespace gsa::prompts {

// What tells a file from another of its name, and from itself before it was written to: times in
// nanoseconds of the file system's clock. A writer can set back the modification time, not that of
// the change.
struct FileStamp {
  std::uint64_t device = 0, inode = 0;
  std::int64_t bytes = 0, modified = 0, changed = 0;
  bool operator==(const FileStamp&) const = default;
};

struct SourceFile {
  std::string path;      // as typed, or as the glob gave it: what messages name, always UTF-8
  std::string absolute;  // what the system is given: bytes
  FileKind kind = FileKind::csv;
  Compression compression = Compression::none;  // of text; parquet is `none`
  std::int64_t bytes = 0;
  std::int64_t modified = 0;  // nanoseconds of the file system's clock
  FileStamp stamp = {};       // when it was found
  std::vector<HiveKey> hive;  // columns that the folders of `path` name
  std::string content = {};   // of what came through a pipe: a hash of its bytes
};

struct SourceFiles {
  std::vector<SourceFile> files;
  std::vector<std::string> notes;  // what was left out, and what is not what its name says
};

// A path as it may be shown: control characters and bytes that are no UTF-8 as \xE9.
std::string shown_path(const std::string& path);

// The folder in front of the first wildcard of a glob, "." where there is none; nothing of a path
// without wildcards.
std::optional<std::string> folder_of_glob(const std::string& path);

// The names of the files that `path` stands for now: of a glob those that match and of a folder
// those below it that are of a kind that can be read, which may be none, else itself, there or not.
// What was left out goes into `notes`.
std::vector<std::string> expand(const std::string& path, std::vector<std::string>& notes);

// The files of `paths` (files, folders, and globs as of base/glob.h), sorted by path, each one
// once. Empty files are left out. Throws Error for what is not there, cannot be read or is of no
// known kind, for folders of several kinds, and where all files are empty.
// Relative paths begin in `folder`, or in the process's own where it is empty.
SourceFiles find_source_files(const std::vector<std::string>& paths,
                              const std::string& folder = "");

// "a.parquet", "3 files (a.parquet … c.parquet)"
std::string describe_files(const std::vector<SourceFile>& files);

// Differs whenever a file was added, removed, resized or written: a line a file.
std::string fingerprint_of(const std::vector<SourceFile>& files);

// Throws Error where one is no longer what it was when it was found: gone, replaced or written to.
void require_unchanged(const std::vector<SourceFile>& files);

// The path as a string literal for DuckDB's readers, which would take *, ? and [ in it for a glob.
std::string sql_path(const SourceFile& file);

}  // namespace gsa::prompts
