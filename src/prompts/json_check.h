#pragma once

// What DuckDB's JSON reader leaves open: whether all of a file was there, and on which line of it
// something is wrong. DuckDB 1.5 counts non-empty lines only, and counts one too many in errors of
// syntax.

#include <cstdint>
#include <string>

#include "duck/sql_error.h"
#include "prompts/text_reader.h"

namespace gsa::prompts {

struct JsonLayout {
  bool array;            // one array of objects; else an object a line
  std::int64_t objects;  // lines that are not blank; not known (0) for an array
};

// Throws Error where compressed data is cut off or damaged.
JsonLayout check_json(const std::string& path, Compression compression);

// The error for the user in place of DuckDB's about this file.
Error json_error(const std::string& path, Compression compression, const duck::SqlError& failure);

}  // namespace gsa::prompts
