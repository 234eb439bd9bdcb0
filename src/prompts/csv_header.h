#pragma once

// Finds the header of a CSV file at the beginning of its text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

struct CsvHeader {
  std::size_t begin = 0;  // where its line begins in the text
  std::int64_t line = 1;
  char delimiter = ',';
  std::vector<std::string> columns;
  bool names_prompt = false;  // false: a guess, the first line that could be a header
  bool has_preamble = false;  // text other than blank lines comes before it
  bool has_comments = false;  // some lines before it begin with #
};

// Finds the header within the first lines of `text`, which must contain all of it. Throws Error if
// a line that names `prompt` follows lines that may be records. `name` is the file's name for
// errors.
CsvHeader find_csv_header(std::string_view text, const std::string& name);

// The same for files that need not have a column named `prompt`: the header is the first line that
// is neither a comment nor the title of a table.
CsvHeader find_event_header(std::string_view text, const std::string& name);

// Whether `text`, which may be cut off, begins like a CSV file: with a column named `prompt`, or
// with names and a line of as many fields.
bool is_csv_of_rows(std::string_view text);

}  // namespace gsa::prompts
