#pragma once

// What a file is by its content, and by its name where the content leaves it open.

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
  bool empty = false;                           // no text in it
  std::string note;                             // a sentence where name and content differ
};

// The kind that a name like "a.csv.gz" promises.
std::optional<FileKind> kind_of_name(std::string_view name);

// Looks at the beginning of a file of `bytes` bytes, and at the end of Parquet. `path` is what the
// system is given, `name` what errors say. Throws Error for what cannot be read, saying what it is
// where that is known.
FileFormat find_format(const std::string& path, const std::string& name, std::int64_t bytes);

}  // namespace gsa::prompts
