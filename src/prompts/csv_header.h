#pragma once

// Finds the header of a CSV file at the beginning of its text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

struct CsvHeader {
  std::size_t begin = 0;  // of its line, in the text
  std::int64_t line = 1;
  char delimiter = ',';
  std::vector<std::string> columns;
  bool names_prompt = false;  // else it is a guess: the first line that may be one
  bool has_preamble = false;  // there is text before it that says something
  bool has_comments = false;  // and some of it are lines that begin with #
};

// The header within the first lines of `text`, which has all of it. Throws Error where a line that
// names `prompt` comes after lines that may be records. `name`: the file, for errors.
CsvHeader find_csv_header(std::string_view text, const std::string& name);

// Whether `text` begins as a CSV file whose header names `prompt`.
bool is_csv_of_prompts(std::string_view text);

}  // namespace gsa::prompts
