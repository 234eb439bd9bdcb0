#pragma once

// The files of the hub's cache as `gsa fetch --list` shows them.

#include <cstdio>
#include <string>

#include "app/row_writer.h"
#include "hub/cache.h"
#include "hub/settings.h"

namespace gsa::app {

// "OWNER/NAME/PATH at fb620fb (main)"; the commit is left out where the cache does not tell it.
std::string dataset_file_at(const hub::CachedFile& cached);

// To `out`: for people as a table (sizes as "1.2 GB"), for programs with exact numbers. Not for
// parquet.
void write_cache_list(const hub::Settings& settings, RowFormat format, std::FILE* out);

}  // namespace gsa::app
