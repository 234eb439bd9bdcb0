#pragma once

// A fuzz target: libFuzzer calls fuzz_one() with generated inputs. It must neither crash nor hang
// nor throw anything except its own failures; inputs are refused by gsa::Error.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

void fuzz_one(std::string_view input);

extern "C" inline __attribute__((used)) int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                                                   std::size_t size) {
  fuzz_one({reinterpret_cast<const char*>(data), size});
  return 0;
}

// A file in memory, for code that reads files by path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view contents) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
    const auto size = static_cast<ssize_t>(contents.size());
    if (fd_ < 0 || write(fd_, contents.data(), contents.size()) != size) std::abort();
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};
