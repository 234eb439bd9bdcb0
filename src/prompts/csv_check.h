#pragma once

// Reads a CSV file once from end to end, before DuckDB does, and tells its layout or where it is
// broken. Needed because DuckDB 1.5 silently drops a last row whose quote is never closed, names
// the number of the record where a person looks for a line, and guesses delimiters from commas
// inside prompts.
//
//   file   = [BOM] record *(newline record) [newline]     newline: LF, CRLF or CR, one kind a file
//   record = field *(delimiter field)                     as many fields as the header has
//   field  = *space <"> *(char / <""> / newline) <"> *space  /  *char
//
// An empty line is a record of one empty field where the header has one column, else it is nothing.

#include <cstdint>
#include <string>
#include <vector>

#include "prompts/text_reader.h"

namespace gsa::prompts {

inline constexpr std::int64_t kMaxTextRecord = 16 << 20;  // bytes of a CSV record or a JSON object

struct CsvLayout {
  char delimiter;                    // , ; | or a tab: the one by which the header names `wanted`
  std::vector<std::string> columns;  // names in the header
  std::int64_t rows;                 // records after the header
};

// Throws Error with the path and the line, counted from 1 as an editor does.
CsvLayout check_csv(const std::string& path, Compression compression, const std::string& wanted);

}  // namespace gsa::prompts
