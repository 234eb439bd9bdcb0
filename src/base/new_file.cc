#include "base/new_file.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <random>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"

namespace gsa {

std::string make_new_file_beside(const std::filesystem::path& path) {
  constexpr int kAttempts = 100;
  constexpr mode_t kMode = 0666;  // less the umask: it becomes the user's file
  std::random_device random;
  for (int i = 0; i < kAttempts; ++i) {
    const std::uint64_t number = (std::uint64_t{random()} << 32U) | random();
    std::string part = fmt::format("{}.part{}", path.string(), number);
    const Fd file(
        ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode));
    if (file.get() >= 0) return part;
    if (errno != EEXIST) break;
  }
  throw Error(fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

}  // namespace gsa
