#pragma once

// Reads the events of text files into a temporary table: of JSON a text for each, of CSV a column
// for each name in the headers.

#include <cstdint>
#include <span>
#include <string>

#include "duck/database.h"
#include "prompts/event_part.h"
#include "prompts/rows_path.h"
#include "prompts/source.h"
#include "prompts/source_rows.h"
#include "prompts/temp_table.h"

namespace gsa::prompts {

// Where the rows of JSON files are, by the first file that tells.
RowsPath find_rows_path(std::span<const SourceFile> files);

// Read the first `most_rows` rows. Throw Error with file and place. The part lasts as long as
// `files` and the table.
EventPart read_json_events(duck::Connection& connection, const RunQuery& run,
                           std::span<const SourceFile> files, const RowsPath& path,
                           const TempTable& table, std::int64_t most_rows);
EventPart read_csv_events(duck::Connection& connection, const RunQuery& run,
                          std::span<const SourceFile> files, const TempTable& table,
                          std::int64_t most_rows);

}  // namespace gsa::prompts
