#pragma once

// Writes the rows of a query, streamed as text, in one of the formats of `gsa sql`.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"

namespace gsa::app {

enum class RowFormat { table, csv, json, jsonl, markdown, parquet };

// Runs the SELECT and writes all rows through `write`, with only a few in memory. CSV follows RFC
// 4180 with \n line ends; null is empty, and an empty text is "". JSON is an array and JSONL one
// object per line; NaN and infinities are null in both. Tables end with the number of rows. Not for
// parquet, which cannot be streamed. `max_cell`: see TableWriter.
void write_rows(duck::Connection& connection, const std::string& select,
                const std::vector<duck::TextColumn>& columns, RowFormat format,
                std::size_t max_cell, const std::function<void(std::string_view)>& write);

}  // namespace gsa::app
