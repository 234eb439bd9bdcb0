#pragma once

// Ctrl-C and SIGTERM as a stop token.

#include <stop_token>

namespace gsa {

// From now on the first SIGINT or SIGTERM asks for a stop; a second one ends the process at once.
// Returns the same token at every call. Throws Error if the system has no thread for it.
std::stop_token catch_interrupts();

}  // namespace gsa
