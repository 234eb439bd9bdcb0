#pragma once

// Copies the bytes of a DuckDB file while this process has it open to write.
//
// Why the copy is consistent: a checkpoint writes to free blocks, then switches to them by writing
// one of the two headers, then empties the WAL. So while the headers stay the same, the blocks they
// refer to stay, and the WAL only grows. Large inserts go to free blocks before their commit refers
// to them in the WAL. The WAL is copied first, so every block it refers to is in the file by then.
// Blocks of a dropped table may be overwritten before a checkpoint; the caller makes sure that no
// table that the copy needs was dropped.

#include <cstdint>
#include <string>

namespace gsa::assets {

// Throws Error unless the disk of an existing file has room for so many bytes. `what` says what
// they are for: "make a snapshot".
void require_room(const std::string& path, std::int64_t bytes, const std::string& what);

// Copies `path` and its WAL to `copy`, readable by the user only. Returns false if a checkpoint
// happened meanwhile: the copy is then useless. Throws Error, with a hint if the disk is full.
bool copy_database_file(const std::string& path, const std::string& copy);

// Gives the finished file the mode of `like` and renames it to `target`, durably. Removes a WAL
// that is beside `target`, because it belongs to another file.
void put_in_place(const std::string& file, const std::string& target, const std::string& like);

}  // namespace gsa::assets
