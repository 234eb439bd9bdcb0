#include "base/memory.h"

#include <cstdio>
#include <malloc.h>
#include <memory>
#include <unistd.h>

namespace gsa {

std::int64_t resident_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "r"),
                                                             std::fclose);
  long long total = 0, resident = 0;
  if (!file || std::fscanf(file.get(), "%lld %lld", &total, &resident) != 2) return 0;
  return resident * static_cast<std::int64_t>(sysconf(_SC_PAGESIZE));
}

void return_large_blocks() {
  // Large enough that the allocator keeps the short-lived buffers of queries.
  constexpr int kLarge = 4 << 20;
  mallopt(M_MMAP_THRESHOLD, kLarge);
}

void return_freed_memory() { malloc_trim(0); }

}  // namespace gsa
