#pragma once

// A file that is written beside another and takes its name once it is complete.

#include <filesystem>
#include <string>

namespace gsa {

// Makes an empty file, "PATH.part" and a number. It is always a new file and no link, whatever
// others put into the folder. Returns its path. Throws Error{"cannot write PATH: …"}.
std::string make_new_file_beside(const std::filesystem::path& path);

}  // namespace gsa
