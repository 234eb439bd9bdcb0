#pragma once

// Parquet files as tables of SQL. Few are read one by one, so that a filter on the number of the
// row is applied before wide columns are decoded; many, in groups of the same columns by one
// reader, which opens them as it comes to them: a scan for each would keep all of them open and
// take milliseconds of planning a file.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "duck/database.h"
#include "prompts/source.h"

namespace gsa::prompts {

struct ParquetFiles {
  std::span<const SourceFile> files;           // that have the same columns
  std::string from;                            // what to select from
  std::string row;                             // the number of a row in it, BIGINT from 0, in order
  std::vector<std::int64_t> first_rows = {0};  // the number of the first row of each file
  std::int64_t rows = 0;
};

// The files in their order. Throws SqlError where one cannot be read.
std::vector<ParquetFiles> group_parquet_files(duck::Connection& connection,
                                              std::span<const SourceFile> files);

// read_parquet() of one file. Bytes that are not marked as text are read as text, or as BLOB.
std::string read_parquet(const SourceFile& file, bool binary_as_string = true);

// For rows of `group`: what the folders of each file say of the column `key`, as an expression of
// VARCHAR.
std::string hive_sql(const ParquetFiles& group, const std::string& key);

}  // namespace gsa::prompts
