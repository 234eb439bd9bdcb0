#pragma once

// Files and folders. Every function throws Error with the path and the system's reason.

#include <filesystem>
#include <string>
#include <string_view>

namespace gsa {

std::string read_file(const std::filesystem::path& path);

// Written beside and renamed: a reader sees the old file or the whole new one.
void write_file(const std::filesystem::path& path, std::string_view contents);

void make_folder(const std::filesystem::path& path);  // with its parents; fine if it is there

// "1.2 GB"
std::string format_bytes(double bytes);

}  // namespace gsa
