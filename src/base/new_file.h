#pragma once

// A file that is written beside another, to take its name when it is whole.

#include <filesystem>
#include <string>

namespace gsa {

// Makes an empty one, "PATH.part" and a number: a file that was not there, and no link, whatever
// others put into the folder. Returns its path. Throws Error{"cannot write PATH: …"}.
std::string make_new_file_beside(const std::filesystem::path& path);

}  // namespace gsa
