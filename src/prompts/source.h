#pragma once

// The sources of prompts that the user named, as a list of files that exist, are readable and have
// a known kind. Reads names and first bytes only.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "prompts/file_kind.h"
#include "prompts/hive.h"

namespace gsa::prompts {

// Identifies a file and its state: it differs for another file with the same name, and after a
// write. Times are nanoseconds of the file system's clock. A writer can set back the modification
// time, but not the change time.
struct FileStamp {
  std::uint64_t device = 0, inode = 0;
  std::int64_t bytes = 0, modified = 0, changed = 0;
  bool operator==(const FileStamp&) const = default;
};

struct SourceFile {
  std::string path;      // as typed or as the glob gave it, for messages; always UTF-8
  std::string absolute;  // the path to open; any bytes
  FileKind kind = FileKind::csv;
  Compression compression = Compression::none;  // of text; parquet is `none`
  std::int64_t bytes = 0;
  std::int64_t modified = 0;  // nanoseconds of the file system's clock
  FileStamp stamp = {};       // when it was found
  std::vector<HiveKey> hive;  // columns in the folder names of `path`
  std::string content = {};   // for a pipe's bytes: their hash
};

struct SourceFiles {
  std::vector<SourceFile> files;
  std::vector<std::string> notes;  // files that were left out or are not what they are named
};

// A path for display: control characters and bytes that are not UTF-8 appear as \xE9.
std::string shown_path(const std::string& path);

// The folder before the first wildcard of a glob, "." if there is none; null for a path without
// wildcards.
std::optional<std::string> folder_of_glob(const std::string& path);

// The files that `path` means now: for a glob those that match, for a folder the readable ones
// below it (both may be none), and otherwise the path itself, whether it exists or not. Adds to
// `notes` what it leaves out.
std::vector<std::string> expand(const std::string& path, std::vector<std::string>& notes);

// The files of `paths` (files, folders, and globs as in base/glob.h), sorted by path, without
// duplicates. Relative paths start in `folder`; if that is empty, in the process's own. Leaves
// empty files out. Throws Error if a path does not exist, cannot be read or has no known kind, if a
// folder has several kinds, and if all files are empty.
SourceFiles find_source_files(const std::vector<std::string>& paths,
                              const std::string& folder = "");

// "a.parquet", "3 files (a.parquet … c.parquet)"
std::string describe_files(const std::vector<SourceFile>& files);

// Changes whenever a file is added, removed, resized or written. One line per file.
std::string fingerprint_of(const std::vector<SourceFile>& files);

// Throws Error if a file is no longer as it was found: gone, replaced or written to.
void require_unchanged(const std::vector<SourceFile>& files);

// The path as a string literal for DuckDB's readers, which would take *, ? and [ in it for
// wildcards.
std::string sql_path(const SourceFile& file);

}  // namespace gsa::prompts
