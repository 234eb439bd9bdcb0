#pragma once

// The memory of this process.

#include <cstdint>

namespace gsa {

std::int64_t resident_bytes();  // now; 0 if the system does not tell

// From now on, freed large blocks go back to the system at once. By default glibc raises its idea
// of "large" with every larger block that is freed.
void return_large_blocks();

// Returns freed memory, which the allocator keeps for later, to the system.
void return_freed_memory();

}  // namespace gsa
