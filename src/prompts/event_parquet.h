#pragma once

// The events of Parquet files, read in place: a path for each leaf of their columns.

#include <functional>
#include <span>
#include <vector>

#include "duck/database.h"
#include "prompts/event_part.h"
#include "prompts/source.h"
#include "prompts/source_rows.h"
#include "prompts/temp_table.h"

namespace gsa::prompts {

// A part for each group of files with the same columns. Reads the values of columns that have
// objects of JSON as text, to learn their keys. Many small files are read into a table of
// `add_table`, because opening them takes longer than reading them. Throws Error that names the
// file. The parts last as long as `files` and the tables.
std::vector<EventPart> open_parquet_events(duck::Connection& connection, const RunQuery& run,
                                           std::span<const SourceFile> files,
                                           const std::function<const TempTable&()>& add_table);

}  // namespace gsa::prompts
