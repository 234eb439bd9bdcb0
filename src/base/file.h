#pragma once

// Files and folders. Every function throws Error with the path and the system's reason.

#include <filesystem>
#include <string>
#include <string_view>

namespace gsa {

std::string read_file(const std::filesystem::path& path);

// Writes a new file beside `path` and renames it: readers see the old file or the complete new one.
void write_file(const std::filesystem::path& path, std::string_view contents);

void make_folder(const std::filesystem::path& path);  // and its parents; no error if it exists

// "1.2 GB"
std::string format_bytes(double bytes);

}  // namespace gsa
