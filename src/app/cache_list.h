#pragma once

// Lists the files of the hub's cache, for `gsa fetch --list`.

#include <cstdio>
#include <string>

#include "app/row_writer.h"
#include "hub/cache.h"
#include "hub/settings.h"

namespace gsa::app {

// "OWNER/NAME/PATH at fb620fb (main)"; without the commit if the cache does not have it.
std::string dataset_file_at(const hub::CachedFile& cached);

// Writes to `out`: a table with sizes such as "1.2 GB" for people, exact numbers for programs. Not
// for parquet.
void write_cache_list(const hub::Settings& settings, RowFormat format, std::FILE* out);

}  // namespace gsa::app
