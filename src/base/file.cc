#include "base/file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "base/error.h"
#include "base/new_file.h"

namespace gsa {
namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::error_code ignored;  // if this check fails, the read below fails too and reports why
  if (fs::is_directory(path, ignored)) {
    throw Error(fmt::format("{} is a folder, not a file", path.string()));
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  if (in) out << in.rdbuf();
  if (!in) {
    throw Error(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  }
  return out.str();
}

void write_file(const fs::path& path, std::string_view contents) {
  const fs::path part = make_new_file_beside(path);
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  out.close();
  if (!out || std::rename(part.c_str(), path.c_str()) != 0) {
    const std::string reason = std::strerror(errno);
    std::remove(part.c_str());
    throw Error(fmt::format("cannot write {}: {}", path.string(), reason));
  }
}

void make_folder(const fs::path& path) {
  if (path.empty()) return;
  std::error_code failure, ignored;
  fs::create_directories(path, failure);
  if (fs::is_directory(path, ignored)) return;
  const bool taken = fs::exists(path, ignored);
  throw Error(fmt::format("cannot make the folder {}: {}", path.string(),
                          taken ? "a file of that name is in the way" : failure.message()));
}

std::string format_bytes(double bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  // Take the next unit if rounding would show 1000.
  while (bytes >= (unit == 0 ? 999.5 : 999.95) && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, kUnits[unit]);
}

}  // namespace gsa
