#pragma once

// Finds the Parquet file that made a query fail, for an error that names it.

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "duck/database.h"
#include "prompts/source.h"
#include "prompts/source_values.h"

namespace gsa::prompts {

// Whether no file caused the failure, which is then passed on unchanged.
bool is_of_the_machine(const duck::SqlError& failure);

Error parquet_error(const SourceFile& file, const duck::SqlError& failure);

// Call it after the files' footers could not be read: throws Error that names the first file for
// which that is so, or returns.
void blame_footers(duck::Connection& connection, std::span<const SourceFile> files);

// Throws Error for the first column of the file that cannot be read, or returns.
void blame_column(duck::Connection& connection, const std::vector<NamedColumn>& columns,
                  const SourceFile& file);

}  // namespace gsa::prompts
