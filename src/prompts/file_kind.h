#pragma once

// The kind of a file, from its content and, if that leaves it open, from its name.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "prompts/text_reader.h"

namespace gsa::prompts {

enum class FileKind { parquet, csv, json };

struct FileFormat {
  FileKind kind = FileKind::csv;
  Compression compression = Compression::none;  // of text; parquet is `none`
  bool empty = false;                           // it has no text
  std::string note;                             // a sentence if name and content disagree
};

// The kind that a name like "a.csv.gz" promises.
std::optional<FileKind> kind_of_name(std::string_view name);

// Reads the beginning of a file of `bytes` bytes, and the end if it is Parquet. `path` is the path
// to open, `name` the one for errors. Throws Error for a file that cannot be read, and says what it
// is if that is known.
FileFormat find_format(const std::string& path, const std::string& name, std::int64_t bytes);

}  // namespace gsa::prompts
