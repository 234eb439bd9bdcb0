#pragma once

// Parquet files as tables of SQL. A few files are read one by one, so that a filter on the row
// number applies before wide columns are decoded. Many files are read in groups with equal columns
// by one reader, which opens each file when it needs it: a scan per file would keep all of them
// open and take milliseconds of planning for each.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "duck/database.h"
#include "prompts/source.h"

namespace gsa::prompts {

struct ParquetFiles {
  std::span<const SourceFile> files;  // all with the same columns
  std::string from;                   // the FROM clause
  std::string row;                    // SQL: the number of a row in it, BIGINT from 0, in order
  std::vector<std::int64_t> first_rows = {0};  // the number of the first row of each file
  std::int64_t rows = 0;
};

// Groups the files in their order. Throws SqlError if one cannot be read. `binary_as_string` is
// that of read_parquet().
std::vector<ParquetFiles> group_parquet_files(duck::Connection& connection,
                                              std::span<const SourceFile> files,
                                              bool binary_as_string = true);

// read_parquet() of one file. `binary_as_string`: whether bytes without a type are text or BLOB.
std::string read_parquet(const SourceFile& file, bool binary_as_string = true);

// A VARCHAR expression for rows of `group`: the value of the hive key `key` for each file.
std::string hive_sql(const ParquetFiles& group, const std::string& key);

}  // namespace gsa::prompts
