#pragma once

// The bytes of a DuckDB file that this process has open to write, copied while it writes.
//
// What makes the copy consistent. A checkpoint writes to free blocks, then switches to them by one
// of the two headers, then empties the WAL. So as long as the headers stay, the blocks that they
// refer to stay, and the WAL only grows. Large inserts are written to free blocks before their
// commit refers to them in the WAL: the WAL is copied first, so that all that it refers to is in
// the file by then. Blocks of a table that is dropped may be written anew before a checkpoint: the
// caller makes sure that nothing was dropped that the copy shall hold.

#include <string>

namespace gsa::assets {

// Copies `path` and its WAL to `copy`, which is made for the user alone. False where a checkpoint
// came between: then what is at `copy` is of no use. Throws Error, with a hint where the disk is
// full.
bool copy_database_file(const std::string& path, const std::string& copy);

// Gives the finished file the mode of `like` and the name `target`, durably; a WAL that others left
// beside `target` goes, as it is of another file.
void put_in_place(const std::string& file, const std::string& target, const std::string& like);

}  // namespace gsa::assets
