#pragma once

// The memory of this process.

#include <cstdint>

namespace gsa {

std::int64_t resident_bytes();  // now; 0 where the system does not say

// From now on large blocks go back to the system as they are freed, however large those before
// were.
void return_large_blocks();

// Hands what was freed, and the allocator keeps for later, back to the system.
void return_freed_memory();

}  // namespace gsa
