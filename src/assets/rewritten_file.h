#pragma once

// Writes the warehouse's file anew. DuckDB leaves deleted rows in free blocks; a new file has only
// what is there. It takes the old one's place by rename, so a file of that name is always whole.

#include <functional>
#include <string>

#include "duck/database.h"

namespace gsa::assets {

// Closes the database, calls the function, and opens it again.
using ReplaceFile = std::function<void(const std::function<void()>& swap)>;

// Copies everything into a file beside the warehouse, compares them, sets ops.forgotten.erased_at
// in the new one and puts it in place. The caller is the only writer and has no connection. Needs
// as much disk as the file takes. Throws Error if it fails; the old file stays.
void rewrite_file(const duck::Database& database, const ReplaceFile& replace);

// Removes the unfinished file of a killed process.
void remove_unfinished_rewrite(const std::string& warehouse);

}  // namespace gsa::assets
