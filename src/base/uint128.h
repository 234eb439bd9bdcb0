#pragma once

// GCC's and Clang's 128-bit integer, which ISO C++ does not have.

namespace gsa {

__extension__ using uint128 = unsigned __int128;

}  // namespace gsa
