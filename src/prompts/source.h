#pragma once

// What the user named as the source of prompts, as a list of files that exist, can be read and are
// of a known kind. Looks at names and first bytes only.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "duck/database.h"
#include "prompts/text_reader.h"

namespace gsa::prompts {

enum class FileKind { parquet, csv, json };

// What tells a file from another of its name, and from itself before it was written to: times in
// nanoseconds of the file system's clock. A writer can set back the modification time, not that of
// the change.
struct FileStamp {
  std::uint64_t device = 0, inode = 0;
  std::int64_t bytes = 0, modified = 0, changed = 0;
  bool operator==(const FileStamp&) const = default;
};

struct SourceFile {
  std::string path;      // as typed, or as the glob gave it: what messages name
  std::string absolute;  // what DuckDB is given
  FileKind kind;
  Compression compression;  // of text; parquet is `none`
  std::int64_t bytes;
  std::int64_t modified;  // nanoseconds of the file system's clock
  FileStamp stamp = {};   // when it was found
};

// The folder in front of the first wildcard of a glob, "." where there is none; nothing of a path
// without wildcards.
std::optional<std::string> folder_of_glob(const std::string& path);

// The names of the files that `path` stands for now: of a glob those that match, which may be none,
// else itself, there or not.
std::vector<std::string> expand(duck::Connection& connection, const std::string& path);

// The files of `paths` (names and globs with *, ?, [] and **), sorted by path, each one once.
// Throws Error for what is not there, is a folder, is empty, cannot be read or is of no known kind.
std::vector<SourceFile> find_source_files(duck::Connection& connection,
                                          const std::vector<std::string>& paths);

// "a.parquet", "3 files (a.parquet … c.parquet)"
std::string describe_files(const std::vector<SourceFile>& files);

// Differs whenever a file was added, removed, resized or written: a line a file.
std::string fingerprint_of(const std::vector<SourceFile>& files);

// Throws Error where one is no longer what it was when it was found: gone, replaced or written to.
void require_unchanged(const std::vector<SourceFile>& files);

// The path as a string literal for DuckDB's readers, which would take *, ? and [ in it for a glob.
std::string sql_path(const SourceFile& file);

}  // namespace gsa::prompts
